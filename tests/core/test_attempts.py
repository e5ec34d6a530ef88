"""Owns the promises about attempts: taking part, superseding, retrying, and what a new attempt starts from."""

from __future__ import annotations

import pytest

from headway.core import commands as c
from headway.core.job import Job, Status
from tests.core import jobs
from tests.core.jobs import NOW, SECOND, after, events, types

TAKE_PART = c.Attach()
TAKE_OVER = c.Attach(takeover=True)


def ended_in_load() -> Job:
    """Scan succeeded, load failed at 5 of 10, store never began; 25 % and a quarter of 50 % were reached."""
    job = jobs.running("scan", ("load", 2), "store")
    commands = (
        c.StartStep(step="scan"),
        c.FinishStep(step="scan"),
        c.StartStep(step="load"),
        c.Update(current=5, total=10, message="table users"),
        c.Fail(error="disk full"),
    )
    return after(job, *commands)


def test_a_pending_job_starts_with_its_first_worker() -> None:
    pending = jobs.made("scan")
    job = after(pending, TAKE_PART)
    assert (job.status, job.attempt) == (Status.RUNNING, 1)
    assert (job.started_at, job.attempt_started_at, job.last_progress_at) == (NOW, NOW, NOW)
    assert types(pending, TAKE_PART) == ["started"]
    assert job.plan_rev == 1


def test_a_running_job_takes_one_more_producer_in_the_same_attempt() -> None:
    assert types(jobs.running("scan"), TAKE_PART) == []


def test_a_takeover_supersedes_the_attempt() -> None:
    job = after(jobs.running("scan", "load"), c.StartStep(step="scan"), c.Update(current=1, total=2, message="half"))
    new = after(job, TAKE_OVER, now=NOW + SECOND)
    assert types(job, TAKE_OVER) == ["superseded"]
    assert (new.status, new.attempt, new.started_at, new.attempt_started_at) == ("running", 2, NOW, NOW + SECOND)
    assert jobs.statuses(new) == {"scan": "pending", "load": "pending"}
    assert (new.permille, new.current, new.total, new.message, new.step) == (0, 0, 2, None, None)


@pytest.mark.parametrize("phase", ["pending", "waiting", "retrying"])
def test_a_takeover_of_a_job_that_does_not_run_just_starts_it(phase: str) -> None:
    assert types(jobs.in_phase(phase), TAKE_OVER) == types(jobs.in_phase(phase), TAKE_PART) == ["started"]


@pytest.mark.parametrize("reason", ["retry", "child", "input", "schedule"])
def test_a_waiting_job_starts_its_next_attempt(reason: str) -> None:
    job = after(jobs.running("scan"), c.Wait(reason=reason, until=NOW + SECOND))
    new = after(job, TAKE_PART)
    assert (new.status, new.reason, new.due_at, new.attempt) == ("running", None, None, 2)


def test_an_automatic_retry_never_goes_through_failed() -> None:
    job = after(jobs.running("scan"), c.StartStep(step="scan"))
    retry = c.Wait(reason="retry", error="connection lost", until=NOW + SECOND)
    assert types(job, retry) == ["step_failed", "retry_scheduled"]
    waiting = after(job, retry)
    assert (waiting.status, waiting.reason, waiting.due_at) == ("waiting", "retry", NOW + SECOND)
    assert (waiting.error, waiting.step, waiting.finished_at) == ("connection lost", None, None)
    assert waiting.steps["scan"].error == "connection lost"
    assert after(waiting, TAKE_PART).error is None


@pytest.mark.parametrize("phase", ["succeeded", "failed", "cancelled"])
def test_a_retry_reopens_an_ended_job_as_a_new_attempt(phase: str) -> None:
    ended = jobs.in_phase(phase)
    assert types(ended, c.Retry()) == ["retry_requested"]
    reopened = after(ended, c.Retry())
    assert (reopened.status, reopened.reason, reopened.attempt) == ("waiting", "retry", 1)
    assert (reopened.finished_at, reopened.cancel_requested_at) == (None, None)
    assert reopened.permille is not None
    assert reopened.permille <= 999
    new = after(reopened, TAKE_PART)
    assert (new.attempt, new.permille, new.current, new.result, new.error) == (2, 0, 0, None, None)
    assert set(jobs.statuses(new).values()) == {"pending"}


def test_a_retry_asked_for_twice_is_one_retry() -> None:
    once = after(jobs.in_phase("failed"), c.Retry())
    assert types(once, c.Retry()) == []
    assert after(once, c.Retry()) == once


def test_a_retry_forgets_that_a_cancellation_was_asked_for() -> None:
    asked = after(jobs.in_phase("running"), c.RequestCancel(), c.Cancel())
    assert asked.cancel_requested_at == NOW
    assert after(asked, c.Retry(), TAKE_PART).cancel_requested_at is None


def test_a_new_attempt_starts_all_steps_again() -> None:
    job = after(ended_in_load(), c.Retry(), TAKE_PART)
    for step in job.steps.values():
        assert (step.status, step.current, step.total, step.permille) == ("pending", 0, None, None)
        assert (step.message, step.error, step.started_at, step.finished_at) == (None, None, None, None)
    assert [step.attempt for step in job.steps.values()] == [1, 1, 0]
    assert after(job, c.StartStep(step="scan")).steps["scan"].attempt == 2


def test_a_retry_from_the_failed_step_keeps_what_succeeded() -> None:
    job = after(ended_in_load(), c.Retry(keep_steps=True), TAKE_PART)
    assert jobs.statuses(job) == {"scan": "succeeded", "load": "pending", "store": "pending"}
    assert (job.permille, job.current, job.total) == (250, 1, 3)
    assert not job.keep_steps


def test_an_automatic_retry_may_keep_steps_too() -> None:
    job = after(jobs.running("scan", "load"), c.FinishStep(step="scan"), c.StartStep(step="load"))
    job = after(job, c.Wait(reason="retry", keep_steps=True), TAKE_PART)
    assert jobs.statuses(job) == {"scan": "succeeded", "load": "pending"}
    assert job.permille == 500


def test_the_attempt_after_a_kept_one_keeps_nothing_by_itself() -> None:
    job = after(ended_in_load(), c.Retry(keep_steps=True), TAKE_PART, c.Fail(error="again"), c.Retry(), TAKE_PART)
    assert set(jobs.statuses(job).values()) == {"pending"}


def test_what_a_cancellation_skipped_is_done_by_the_next_attempt() -> None:
    job = after(jobs.running("scan", "load"), c.FinishStep(step="scan"), c.Cancel())
    assert jobs.statuses(job) == {"scan": "succeeded", "load": "skipped"}
    again = after(job, c.Retry(keep_steps=True), TAKE_PART)
    assert jobs.statuses(again) == {"scan": "succeeded", "load": "pending"}


@pytest.mark.parametrize("end", [c.RequestCancel(), c.GiveUp(reason="expired", error="nobody came")])
def test_a_job_that_ended_before_it_began_starts_from_nothing_when_retried(end: c.Command) -> None:
    job = after(jobs.made("scan", "load"), end, c.Retry(), TAKE_PART)
    assert (job.attempt, job.permille, job.current) == (1, 0, 0)
    assert set(jobs.statuses(job).values()) == {"pending"}


def test_a_new_attempt_is_a_new_revision_of_the_plan_and_says_all_that_changed() -> None:
    ended = ended_in_load()
    [_] = events(ended, c.Retry())
    [started] = events(after(ended, c.Retry()), TAKE_PART)
    assert (started.attempt, started.job["plan_rev"]) == (2, ended.plan_rev + 1)
    assert started.steps["load"]["status"] == "pending"
    assert started.steps["load"]["error"] is None


def test_bounds_moved_by_added_steps_are_whole_again_in_the_next_attempt() -> None:
    job = after(jobs.running("scan", "load", open=True), c.FinishStep(step="scan"), c.StartStep(step="verify"))
    new = after(job, TAKE_OVER)
    bounds = [(step.low, step.high) for step in new.steps.values()]
    assert bounds[0][0] == 0.0
    assert bounds[-1][1] == pytest.approx(100.0)
    assert {round(high - low, 6) for low, high in bounds} == {round(100 / 3, 6)}


def test_the_first_start_stays_the_start_of_the_job() -> None:
    job = after(jobs.made("scan"), c.Attach(at=0))
    again = after(job, c.Fail(error="x"), c.Retry(), TAKE_PART)
    assert (again.started_at, again.attempt_started_at) == (0, NOW)


def test_a_job_without_steps_counts_from_nothing_in_a_new_attempt() -> None:
    job = after(jobs.running(), c.Update(current=5, total=10, unit="files", message="five"), TAKE_OVER)
    assert (job.current, job.total, job.permille, job.message) == (0, None, None, None)
