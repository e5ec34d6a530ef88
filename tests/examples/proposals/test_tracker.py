"""The tracker: its calls by their newer and their older names, its memory before the store, and what it refuses."""

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
    from collections.abc import Iterator

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


class Clock:
    """Time that moves when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracker(reporter: headway.Reporter, clock: Clock) -> Iterator[Tracker]:
    tracker = Tracker(reporter, monotonic=clock)
    yield tracker
    tracker.close()


@pytest.fixture
def job_id(tracker: Tracker) -> str:
    return tracker.create(plan.PROPOSALS, project="harbour")


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


@pytest.mark.parametrize(
    "unknown", ["01930f6e-0000-7000-8000-000000000000", "", "../etc/passwd", "x" * 5000, "\x00", "'; drop table job"]
)
def test_an_unknown_or_malformed_id_is_no_job(tracker: Tracker, unknown: str) -> None:
    assert tracker.get(unknown) is None


def test_what_another_process_reports_comes_into_memory(
    tracker: Tracker, elsewhere: headway.Reporter, job_id: str
) -> None:
    other = elsewhere.attach(job_id)
    other.step("clustering")

    eventually(lambda: tracker.job(job_id)["step"] == "clustering")
    assert job_id in tracker


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


@pytest.mark.parametrize(
    ("told", "field", "reason"),
    [
        ({"stage": "polishing"}, "stage", "is not a stage"),
        ({"stage": ""}, "stage", "is not a stage"),
        ({"stage": "fetching"}, "stage", "is not a stage"),  # one of the other kind
        ({"stage": "clustering", "current": 6, "total": 5}, "current", "more than the total 5"),
        ({"stage": "clustering", "current": -1, "total": 5}, "current", "is -1"),
        ({"stage": "clustering", "current": 2, "total": -5}, "total", "is -5"),
        ({"stage": "clustering", "current": 2.0, "total": 5}, "current", "is 2.0"),
        ({"stage": "clustering", "current": True, "total": 5}, "current", "is True"),
        ({"stage": "clustering", "current": 4, "total": 5}, "current", "is stage 2 of 5"),
        ({"stage": "clustering", "current": 2, "total": 7}, "total", "has 5 stages"),
        ({"stage": "clustering", "done": 3, "of": 2}, "done", "more than the of 2"),
        ({"stage": "clustering", "done": float("nan"), "of": 2}, "done", "is nan"),
    ],
)
def test_what_does_not_fit_is_refused_with_field_reason_and_what_to_do(
    tracker: Tracker, reporter: headway.Reporter, job_id: str, told: dict[str, Any], field: str, reason: str
) -> None:
    tracker.update(job_id, Progress(stage="initializing"))
    before = reporter.get(job_id)

    with pytest.raises(InvalidProgress) as refused:
        tracker.update(job_id, Progress(**told))

    assert refused.value.field == field
    assert reason in refused.value.reason
    assert refused.value.advice
    assert all(part in str(refused.value) for part in (field, refused.value.reason, refused.value.advice))
    assert reporter.get(job_id) == before, "nothing was changed"


def test_the_numbers_may_count_from_nought_as_in_sql(tracker: Tracker, job_id: str) -> None:
    for current in (1, 2, None):
        tracker.update(job_id, Progress(stage="clustering", current=current, total=5))
        shown = tracker.get(job_id)
        assert shown is not None
        assert (shown.current, shown.total) == (2, 5)


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


def test_whoever_reports_learns_that_somebody_asked_to_stop(
    tracker: Tracker, elsewhere: headway.Reporter, job_id: str
) -> None:
    tracker.update(job_id, Progress(stage="clustering"))
    elsewhere.cancel(job_id)

    def told_to_stop() -> bool:
        try:
            tracker.update(job_id, Progress(stage="clustering", message="more"))
        except headway.Cancelled:
            return True
        return False

    eventually(told_to_stop)
    tracker.stop(job_id)
    shown = tracker.get(job_id)
    assert shown is not None
    assert (shown.stage, shown.current) == ("error", 2)
    assert "stopped" in shown.message


def test_nothing_is_shown_as_complete_before_it_is(tracker: Tracker, job_id: str) -> None:
    tracker.update(job_id, Progress(stage="complete", current=5, total=5, message="writes it down"))
    before = tracker.get(job_id)
    tracker.complete(job_id, "9 proposals")
    after = tracker.get(job_id)

    assert before is not None
    assert after is not None
    assert (before.stage, before.current, before.message) == ("deduplicating", 4, "writes it down")
    assert (after.stage, after.current, after.message) == ("complete", 5, "9 proposals")
