"""`headway copy`: a whole store goes into another one, and it is proven that it arrived."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from headway.cli.commands import copy as command
from headway.core import commands as c
from headway.core.record import changed
from headway.stores.address import open_store
from headway.stores.copying import Copy
from headway.stores.protocol import JobQuery
from tests.cli.conftest import Program, Works
from tests.cli.programs import Terminal


@pytest.fixture
def jobs(works: Works) -> list[str]:
    """Jobs that ended in every way, and one at work."""
    at_work = works.job("scan", "load")
    works.report(at_work, c.StartStep(step="scan"), c.Advance(delta=2), c.Note(message="half way"))
    return [*(works.ended(how) for how in ("succeeded", "failed", "cancelled", "lost")), at_work]


def test_from_a_file_into_a_database(jobs: list[str], url: str, database: str, headway: Program) -> None:
    answer = headway("copy", url, database)
    assert answer.status == 0
    assert answer.output.startswith("5 jobs with ")
    assert answer.output.endswith(": all are the same\n")
    shown = [headway("ls", "--store", at, "--json").values for at in (url, database)]
    assert len(shown[0]) == 5
    assert shown[0] == shown[1]
    assert headway("verify", "--store", database).status == 0
    for job_id in jobs:
        assert (
            headway("history", job_id, "--store", url).output == headway("history", job_id, "--store", database).output
        )


def test_and_back_into_a_file(jobs: list[str], url: str, database: str, headway: Program, tmp_path: Path) -> None:
    assert headway("copy", url, database).status == 0
    (told,) = headway("copy", database, f"sqlite:///{tmp_path / 'back.db'}", "--json").values
    assert told == {"jobs": 5, "there_already": 0, "events": told["events"], "differ": 0}
    assert told["events"] > 20


def test_a_store_with_jobs_is_not_copied_into(jobs: list[str], url: str, database: str, headway: Program) -> None:
    headway("copy", url, database)
    again = headway("copy", url, database)
    assert again.status == 2
    assert again.errors.endswith("has jobs already; give an empty store, or --resume an earlier copy\n")
    resumed = headway("copy", url, database, "--resume")
    assert resumed.status == 0
    assert resumed.output.startswith("0 jobs with 0 entries of history copied in ")
    assert resumed.output.endswith(", 5 were there already: all are the same\n")


def test_what_changed_meanwhile_is_told(
    works: Works, jobs: list[str], url: str, database: str, headway: Program
) -> None:
    headway("copy", url, database)
    works.report(jobs[-1], c.Note(message="later"))
    late = works.job()
    answer = headway("copy", url, database, "--resume")
    assert answer.status == 1
    assert f"{jobs[-1]}  its state differs" in answer.output
    assert late not in answer.output
    found = headway("copy", url, database, "--resume", "--json").values
    assert {"job_id": jobs[-1], "differs": "state"} in found
    assert found[-1]["differ"] == 1


def test_a_drift_that_was_copied_is_told(
    works: Works, jobs: list[str], url: str, database: str, headway: Program
) -> None:
    works.store.repair(changed(works.state(jobs[0]), {"plan_rev": 9}))
    answer = headway("copy", url, database)
    assert answer.status == 1
    assert f"{jobs[0]}  its history differs" in answer.output


def test_jobs_that_come_while_it_copies_are_told(
    works: Works, jobs: list[str], url: str, database: str, headway: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Copy):
        def run(self, job_ids):  # type: ignore[no-untyped-def]  # passes on what it is given
            yield from super().run(job_ids)
            works.job()

    monkeypatch.setattr(command, "Copy", Slow)
    answer = headway("copy", url, database)
    assert answer.status == 1
    assert "1 differ" in answer.output


def test_a_file_that_is_not_there_is_no_empty_store(tmp_path: Path, database: str, headway: Program) -> None:
    answer = headway("copy", f"sqlite:///{tmp_path / 'none.db'}", database)
    assert answer.status == 2
    assert "there is no such file" in answer.errors
    with closing(open_store(database)) as store:
        assert store.jobs(JobQuery()) == []


def test_a_database_without_a_schema_is_not_given_one(
    jobs: list[str], url: str, empty_database: str, headway: Program
) -> None:
    answer = headway("copy", url, empty_database)
    assert answer.status == 2
    assert "headway migrate" in answer.errors


def test_on_a_terminal_a_bar_says_how_far_it_is(jobs: list[str], url: str, database: str) -> None:
    with Terminal("copy", url, database, store=url) as terminal:
        assert terminal.ends() == 0
        assert "100 %  5/5 jobs compared" in terminal.raw
        assert "━" * 30 in terminal.raw
        assert "all are the same" in terminal.screen.text
        assert "compared" not in terminal.screen.text
