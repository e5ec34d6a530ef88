"""The tracker: its calls by their newer and their older names, its memory before the store, and who hears of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

import headway
from examples.proposals import plan
from examples.proposals.progress import InvalidProgress, Progress, columns, progress_of, update_of
from examples.proposals.tracker import Tracker
from tests.examples.locked import away
from tests.waiting import eventually

if TYPE_CHECKING:
    from tests.clock import Clock

RANGES = {
    plan.PROPOSALS: [
        ("initializing", 0, 20),
        ("clustering", 20, 40),
        ("synthesizing", 40, 80),
        ("deduplicating", 80, 95),
        ("complete", 100, 100),
    ],
    plan.TREE: [
        ("initializing", 0, 14),
        ("fetching", 14, 28),
        ("creating_tree", 28, 42),
        ("analyzing", 42, 56),
        ("creating_blocks", 56, 70),
        ("creating_nodes", 70, 84),
        ("creating_content", 84, 100),
    ],
}
CALLS = [
    ("update_with_persistence", "get_with_fallback", "complete_with_persistence", "error_with_persistence"),
    ("update", "get", "complete", "error"),
]


def percent(reporter: headway.Reporter, job_id: str) -> float:
    reporter.flush()
    return float(reporter.get(job_id)["progress"]["percent"])


@pytest.mark.parametrize("kind", list(RANGES))
def test_every_stage_moves_through_its_own_range_of_the_percent(
    tracker: Tracker, reporter: headway.Reporter, kind: str
) -> None:
    job_id = tracker.create(kind)
    for number, (stage, low, high) in enumerate(RANGES[kind], 1):
        tracker.update(job_id, Progress(stage=stage, message="begins"))
        assert percent(reporter, job_id) == min(low, 99.9)
        tracker.update(job_id, Progress(stage=stage, done=1, of=2))
        assert percent(reporter, job_id) == min((low + high) / 2, 99.9)
        assert tracker.job(job_id)["step"] == stage
        if stage != plan.COMPLETE:
            shown = progress_of(tracker.job(job_id))
            assert (shown.stage, shown.current, shown.total) == (stage, number, len(RANGES[kind]))
    tracker.complete(job_id, "all done")
    assert percent(reporter, job_id) == 100


@pytest.mark.parametrize("names", CALLS)
def test_the_newer_and_the_older_names_persist_alike(
    tracker: Tracker, elsewhere: headway.Reporter, names: tuple[str, str, str, str]
) -> None:
    update, get, complete, error = (getattr(tracker, name) for name in names)
    good, bad = tracker.create(plan.PROPOSALS), tracker.create(plan.TREE)

    update(good, Progress(stage="clustering", current=2, total=5, message="312 chunks"))
    stored = elsewhere.get(good)
    assert progress_of(stored) == get(good)
    assert columns(stored) == {
        "progress_stage": "clustering",
        "progress_current": 2,
        "progress_total": 5,
        "progress_message": "312 chunks",
        "progress_updated_at": stored["updated_at"],
    }

    complete(good, "9 proposals")
    assert progress_of(elsewhere.get(good)) == get(good)
    assert (get(good).stage, get(good).current, get(good).total, get(good).message) == ("complete", 5, 5, "9 proposals")

    update(bad, Progress(stage="fetching", message="reads them"))
    error(bad, "There are no proposals.")
    assert progress_of(elsewhere.get(bad)) == get(bad)
    assert (get(bad).stage, get(bad).current, get(bad).total, get(bad).message) == (
        "error",
        2,
        7,
        "There are no proposals.",
    )
    assert elsewhere.get(bad)["progress"]["percent"] == 14, "what failed keeps the percent that it had"


def test_more_of_the_same_stage_is_batched_and_still_persists(
    tracker: Tracker, elsewhere: headway.Reporter, job_id: str
) -> None:
    tracker.update(job_id, Progress(stage="clustering", message="begins"))
    before = elsewhere.get(job_id)
    for done in range(1000):
        tracker.update(job_id, Progress(stage="clustering", message=f"chunk {done}", done=done, of=1000))

    eventually(lambda: elsewhere.get(job_id)["message"] == "chunk 999")
    after = elsewhere.get(job_id)
    assert after["seq"] == before["seq"], "no history is made of counting"
    assert after["version"] - before["version"] < 50, "many updates, few writes"


def test_the_message_of_the_stream_has_its_five_facts(tracker: Tracker, job_id: str) -> None:
    tracker.update(job_id, Progress(stage="synthesizing", message="writes"))
    shown = update_of(tracker.job(job_id))

    timestamp = shown["progress"].pop("timestamp")
    assert shown == {
        "type": "progress_update",
        "jobId": job_id,
        "progress": {"stage": "synthesizing", "current": 3, "total": 5, "message": "writes"},
    }
    assert type(timestamp) is int
    assert 1_500_000_000_000 < timestamp < 10_000_000_000_000


def test_a_job_that_waits_says_so_and_has_begun_no_stage(tracker: Tracker, job_id: str) -> None:
    waiting = tracker.get(job_id)

    assert waiting is not None
    assert (waiting.stage, waiting.current, waiting.total) == ("initializing", 0, 5)
    assert waiting.message == "waiting for its turn"


def test_a_read_falls_back_from_memory_to_the_store(tracker: Tracker, elsewhere: headway.Reporter) -> None:
    of_another_kind = elsewhere.start("somebody_elses", steps=["reading"])
    of_another_kind.step("reading")

    assert of_another_kind.id not in tracker
    found = tracker.get(of_another_kind.id)
    assert found is not None
    assert (found.stage, found.current, found.total) == ("reading", 1, 1)


def test_what_another_process_reports_comes_into_memory(
    tracker: Tracker, elsewhere: headway.Reporter, job_id: str
) -> None:
    other = elsewhere.attach(job_id)
    other.step("clustering")

    eventually(lambda: job_id in tracker and tracker.job(job_id)["step"] == "clustering")


def test_finished_jobs_leave_the_memory_after_30_s_and_failed_ones_after_60_s(tracker: Tracker, clock: Clock) -> None:
    good, bad, live = (tracker.create(kind) for kind in (plan.PROPOSALS, plan.TREE, plan.TREE))
    for job_id in (good, bad, live):
        tracker.update(job_id, Progress(stage="initializing"))
    tracker.complete(good, "done")
    tracker.error(bad, "no")
    seen = []
    for later in (29.9, 0.2, 29.7, 0.3, 3600):
        clock.now += later
        seen.append([job_id in tracker for job_id in (good, bad, live)])

    assert seen == [
        [True, True, True],
        [False, True, True],
        [False, True, True],
        [False, False, True],
        [False, False, True],
    ]
    fallen_back = [tracker.get(job_id) for job_id in (good, bad)]
    assert [found.stage for found in fallen_back if found] == ["complete", "error"]


@pytest.mark.usefixtures("impatient")
def test_while_the_store_is_away_work_goes_on_and_all_is_written_when_it_returns(
    tracker: Tracker, elsewhere: headway.Reporter, job_id: str, store: str, caplog: pytest.LogCaptureFixture
) -> None:
    tracker.update(job_id, Progress(stage="initializing", message="begins"))
    with caplog.at_level(logging.WARNING), away(store):
        for stage, message in (("clustering", "groups"), ("synthesizing", "writes"), ("deduplicating", "compares")):
            for done in range(20):
                tracker.update(job_id, Progress(stage=stage, message=f"{message} {done}", done=done, of=20))
        shown = tracker.get(job_id)
        assert shown is not None
        assert (shown.stage, shown.current, shown.message) == ("deduplicating", 4, "compares 19")
        assert elsewhere.get(job_id)["step"] == "initializing", "the store knows nothing of it yet"
        tracker.complete(job_id, "7 proposals")
        ended = tracker.get(job_id)
        assert ended is not None
        assert ended.stage == "complete"

    eventually(lambda: elsewhere.get(job_id)["status"] == "succeeded")
    assert elsewhere.get(job_id)["message"] == "7 proposals"
    started = [event["step"] for event in elsewhere.history(job_id) if event["type"] == "step_started"]
    assert started == [stage for stage, _low, _high in RANGES[plan.PROPOSALS]]
    said = [record for record in caplog.records if record.levelno >= logging.WARNING and record.name == "headway"]
    assert len(said) == 1, "the failure is logged once"


def test_every_update_is_logged_with_the_id_of_its_job(
    tracker: Tracker, job_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="examples.proposals"):
        tracker.update(job_id, Progress(stage="clustering", message="one"))
        tracker.update(job_id, Progress(stage="clustering", message="two"))
        tracker.error(job_id, "three")

    said = [record.getMessage() for record in caplog.records if record.name.startswith("examples.proposals")]
    assert [job_id in line for line in said] == [True] * 3
    assert [word for word in ("one", "two", "three") if word in " ".join(said)] == ["one", "two", "three"]


def test_subscribers_in_the_process_hear_every_stage(tracker: Tracker) -> None:
    heard: list[tuple[str, str | None]] = []
    job_id = tracker.create(plan.TREE, project="harbour")
    other = tracker.create(plan.TREE, project="market")

    def hear(change: dict[str, Any]) -> None:
        if change["event"] == "event":
            heard.append((change["data"]["job_id"], change["data"]["step"]))

    with tracker.subscribe(hear, project="harbour"):
        for stage, _low, _high in RANGES[plan.TREE]:
            tracker.update(other, Progress(stage=stage))
            tracker.update(job_id, Progress(stage=stage))
        eventually(lambda: (job_id, "creating_content") in heard)

    begun = list(dict.fromkeys(step for _job, step in heard if step))
    assert begun == [stage for stage, _low, _high in RANGES[plan.TREE]]
    assert {job for job, _step in heard} == {job_id}


@pytest.mark.usefixtures("impatient")
def test_listeners_hear_of_what_the_store_cannot_take_yet(tracker: Tracker, job_id: str, store: str) -> None:
    tracker.update(job_id, Progress(stage="initializing"))
    heard: list[str] = []
    with tracker.listen(lambda job: heard.append(job["step"])), away(store):
        tracker.update(job_id, Progress(stage="clustering"))
        eventually(lambda: "clustering" in heard)


def test_another_kind_of_job_has_stages_of_its_own(reporter: headway.Reporter) -> None:
    tracker = Tracker(reporter, kinds=("export",))
    job_id = tracker.create("export", steps=[("reading", 0, 50), ("writing", 50, 100)])
    tracker.update(job_id, Progress(stage="writing", current=2, total=2, message="a file"))

    shown = tracker.get(job_id)
    assert shown is not None
    assert (shown.stage, shown.current, shown.total) == ("writing", 2, 2)
    assert percent(reporter, job_id) == 50
    with pytest.raises(InvalidProgress, match="use one of reading, writing"):
        tracker.update(job_id, Progress(stage="clustering"))
    tracker.close()
