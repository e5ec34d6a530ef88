"""Owns the promises about the ETA: none where nothing can be known, an interval that narrows where something can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.eta import Eta, estimate
from headway.core.job import Job
from tests.core import jobs
from tests.core.jobs import NOW, SECOND, after, running

NONE = Eta()


def counted(current: int, total: int, seconds: float) -> Job:
    """A job without steps that has come so far after so many seconds."""
    return after(running(), c.Update(current=current, total=total), now=NOW + int(seconds * SECOND))


def test_a_steady_pace_ends_when_it_would() -> None:
    eta = estimate(counted(25, 100, 10))
    assert eta is not None
    ends, margin = NOW + 40 * SECOND, 13_125_000  # half of 30 s, and an eighth narrower
    assert eta == Eta(at=ends, low=ends - margin, high=ends + margin, basis="rate", n=1)


@given(st.integers(10, 999), st.integers(1, 10**6))
def test_the_interval_holds_the_time_and_begins_after_the_last_progress(permille: int, seconds: int) -> None:
    eta = estimate(counted(permille, 1000, seconds))
    assert eta is not None
    assert eta.at is not None
    assert eta.low is not None
    assert eta.high is not None
    assert NOW + seconds * SECOND <= eta.low <= eta.at <= eta.high


def test_the_interval_narrows_as_the_job_comes_closer() -> None:
    widths = [_width(counted(permille, 1000, permille)) for permille in (100, 300, 600, 900)]
    assert widths == sorted(widths, reverse=True)


def _width(job: Job) -> int:
    eta = estimate(job)
    assert eta is not None
    assert eta.high is not None
    assert eta.low is not None
    return eta.high - eta.low


@pytest.mark.parametrize("phase", ["succeeded", "failed", "cancelled"])
def test_an_ended_job_has_no_eta(phase: str) -> None:
    assert estimate(jobs.in_phase(phase)) is None


@pytest.mark.parametrize("phase", ["pending", "waiting", "retrying"])
def test_a_job_that_does_not_run_has_one_that_says_nothing(phase: str) -> None:
    assert estimate(jobs.in_phase(phase)) == NONE


@pytest.mark.parametrize(("current", "total", "seconds"), [(0, 1000, 60), (9, 1000, 60), (50, 100, 0.4)])
def test_too_little_progress_or_time_says_nothing(current: int, total: int, seconds: float) -> None:
    assert estimate(counted(current, total, seconds)) == NONE
    assert estimate(after(running(), c.Advance(delta=5), now=NOW + 60 * SECOND)) == NONE


def test_it_changes_only_with_the_version() -> None:
    job = counted(25, 100, 10)
    assert estimate(job) == estimate(job)
    noted = after(job, c.Note(message="x"), now=NOW + 500 * SECOND)
    assert estimate(noted) == estimate(job)


@pytest.mark.parametrize("steps", [("scan", "load"), (("scan", 0, 50), ("load", 50, 100))])
def test_steps_kept_from_the_attempt_before_are_no_pace(steps: tuple[object, ...]) -> None:
    job = after(running(*steps), c.FinishStep(step="scan"), c.Fail(error="x"), c.Retry(keep_steps=True))
    began = NOW + 100 * SECOND
    job = after(job, c.Attach(), c.StartStep(step="load"), now=began)
    assert (job.permille, estimate(job)) == (500, NONE)
    job = after(job, c.Update(current=1, total=5), now=began + 10 * SECOND)
    eta = estimate(job)
    assert eta is not None
    assert eta.at == began + 50 * SECOND
