"""`headway show` and `headway history`: everything about one job."""

from __future__ import annotations

import json

from headway.core import commands as c
from headway.core.wire import event_wire, job_wire
from tests.cli.conftest import NOW, SECOND, Program, Works
from tests.cli.programs import Piped, Terminal

STORES = ("sqlite", "postgres")


def test_a_job_is_shown_with_all_that_is_known(works: Works, headway: Program) -> None:
    job_id = works.job(
        "scan",
        ("extract", 8),
        project="acme",
        subject="file:42",
        external_id="celery:7",
        labels={"ref": "main", "n": 3},
    )
    works.report(job_id, c.StartStep(step="scan"), c.Update(current=3, total=10, unit="pages"))
    shown = headway("show", job_id[:13]).output
    for part in (
        "index · acme · file:42",
        f"id             {job_id}",
        "external id    celery:7",
        "labels         ref=main  n=3",
        "status         running · 3.3 % · 0/2 steps",
        "created        2025-11-24 15:50:00  (10m 00s ago)",
        "3/10 pages",
        "○ extract",
        f"headway watch {job_id[:13]}",
        f"headway cancel {job_id[:13]}",
    ):
        assert part in shown


def test_attempts_stand_side_by_side(works: Works, headway: Program) -> None:
    job_id = works.ended("failed")
    works.ask(job_id, c.Retry())
    works.committer.attach(job_id, producer="w", lease=None)
    works.committer.attach(job_id, producer="v", lease=None, takeover=True)
    works.report(job_id, c.Wait(reason="retry", error="connection lost", until=NOW + 90 * SECOND))
    works.committer.attach(job_id, producer="w", lease=None)
    shown = headway("show", job_id).output
    tries = shown[shown.index("attempts") : shown.index("follow it")].splitlines()[1:5]
    assert [line.split()[:2] for line in tries] == [
        ["1", "failed"],
        ["2", "superseded"],
        ["3", "failed"],
        ["4", "running"],
    ]
    assert "page 4 cannot be read" in tries[0]
    assert "connection lost" in tries[2]


def test_a_long_error_and_a_result_are_shown_whole_and_harmless(works: Works, headway: Program) -> None:
    failed, done = works.job(), works.job()
    works.report(failed, c.Fail(error="first\n  second \x1b[2J\n\u202elast" + "x" * 300))
    works.report(done, c.Succeed(result={"titles": ["a\x9b", "b"]}))
    shown = headway("show", failed).output
    assert "  first\n    second ␛[2J\n  \ufffdlast" + "x" * 300 in shown
    assert "headway retry" in shown
    assert '  "titles": [\n' in (result := headway("show", done).output)
    assert '"a\ufffd"' in result


def test_80_columns_are_enough(url: str, works: Works) -> None:
    job_id = works.job("scan", ("a step with quite a long name", 8))
    works.report(job_id, c.StartStep(step="scan"), c.Update(current=3, total=10, message="much to say " * 20))
    works.report(job_id, c.Fail(error="it went wrong " * 20))
    with (
        Terminal("history", job_id[:13], store=url) as history,
        Terminal("show", job_id, store=url, height=50) as shown,
    ):
        assert (history.ends(), shown.ends()) == (0, 0)
        assert history.screen.text.count("\n") == works.state(job_id).seq - 1
        attempt = shown.screen.text[shown.screen.text.index("attempts") : shown.screen.text.index("error")]
        assert attempt.strip().count("\n") == 1
        assert attempt.rstrip().endswith("…")


def test_show_as_json_is_the_job_on_the_wire(works: Works, headway: Program) -> None:
    job_id = works.ended("failed")
    assert headway("show", job_id, "--json").values == [json.loads(json.dumps(job_wire(works.state(job_id))))]


def test_the_history_is_told_in_order(works: Works, headway: Program) -> None:
    job_id = works.job("scan")
    works.report(job_id, c.StartStep(step="scan"), c.Note(message="half\nway \x1b[2J", detail={"page": 7}))
    works.report(job_id, c.FailStep(step="scan", error="page 8 cannot be read"))
    assert [line.split(None, 3)[::3] for line in headway("history", job_id).lines] == [
        ["1", "created"],
        ["2", "started           attempt 1"],
        ["3", "step started      scan"],
        ["4", 'noted             half way ␛[2J  {"page": 7}'],
        ["5", "step failed       scan  page 8 cannot be read"],
    ]


def test_history_as_json_is_an_entry_a_line(works: Works, headway: Program) -> None:
    job_id = works.ended("succeeded")
    told = [json.loads(json.dumps(event_wire(job_id, event))) for event in works.store.history(job_id)]
    assert headway("history", job_id, "--json").values == told
    assert headway("history", job_id, "--json", "--after", "3").values == told[3:]


def test_a_long_history_is_told_whole(works: Works, headway: Program) -> None:
    job_id = works.job()
    for _ in range(4):
        works.report(job_id, *(c.Note(message=f"note {n}") for n in range(300)))
    numbers = [event["seq"] for event in headway("history", job_id, "--json").values]
    assert numbers == list(range(1, 1203))


def test_a_followed_history_has_no_gap_and_ends_with_the_job(url: str, works: Works) -> None:
    job_id = works.job("scan")
    with Piped("history", "-f", "--json", job_id, store=url) as follow:
        follow.shows('"started"')
        for n in range(40):
            works.report(job_id, c.Note(message=f"note {n}"), c.Note(message="more"))
        works.report(job_id, c.Succeed())
        assert follow.ends() == 0
        seqs = [json.loads(line)["seq"] for line in follow.lines]
        assert seqs == list(range(1, works.state(job_id).seq + 1))
