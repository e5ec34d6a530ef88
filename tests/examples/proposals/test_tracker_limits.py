"""What the tracker does not take, and what it does not show: each refusal with its field, its reason and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import headway
from examples.proposals.progress import InvalidProgress, Progress
from tests.waiting import eventually

if TYPE_CHECKING:
    from examples.proposals.tracker import Tracker


@pytest.mark.parametrize(
    "unknown", ["01930f6e-0000-7000-8000-000000000000", "", "../etc/passwd", "x" * 5000, "\x00", "'; drop table job"]
)
def test_an_unknown_or_malformed_id_is_no_job(tracker: Tracker, unknown: str) -> None:
    assert tracker.get(unknown) is None


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
