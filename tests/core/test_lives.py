"""Owns the promises about a job's own life: waiting, ending, being cancelled, lost, found and given up."""

from __future__ import annotations

import pytest

from headway.core import commands as c
from headway.core.errors import InvalidReport
from headway.core.job import FAIL_REASONS, WAIT_REASONS, Job
from tests.core import jobs
from tests.core.jobs import NOW, SECOND, after, events, refused, types

LATER = NOW + SECOND


def busy() -> Job:
    """Scan done, load running at 1 of 4 beside check at nothing, store pending."""
    job = jobs.running("scan", "load", "check", "store")
    starts = (c.FinishStep(step="scan"), c.StartStep(step="load"), c.StartStep(step="check"))
    return after(job, *starts, c.Update(step="load", current=1, total=4))


def test_success_settles_what_is_open_with_an_event_each() -> None:
    made = events(busy(), c.Succeed(result=[1, 2]))
    assert [(event.type, event.step) for event in made] == [
        ("step_succeeded", "load"),
        ("step_succeeded", "check"),
        ("step_skipped", "store"),
        ("succeeded", None),
    ]
    job = after(busy(), c.Succeed(result=[1, 2]), now=LATER)
    assert (job.status, job.permille, job.result, job.finished_at, job.step) == ("succeeded", 1000, [1, 2], LATER, None)
    assert (job.current, job.total) == (4, 4)
    assert job.steps["load"].permille == 1000
    assert job.steps["store"].permille is None


def test_only_the_last_event_of_a_success_shows_100() -> None:
    shown = [event.job["permille"] for event in events(busy(), c.Succeed())]
    assert shown[-1] == 1000
    assert max(shown[:-1]) <= 999


def test_a_failure_fails_the_running_steps_and_keeps_the_percent() -> None:
    before = busy()
    made = events(before, c.Fail(error="disk full", reason="timeout", detail={"errno": 28}))
    assert [(event.type, event.step) for event in made] == [
        ("step_failed", "load"),
        ("step_failed", "check"),
        ("failed", None),
    ]
    assert {event.job["permille"] for event in made} == {before.permille}
    assert (made[-1].message, made[-1].detail) == ("disk full", {"errno": 28})
    job = after(before, c.Fail(error="disk full", reason="timeout"))
    assert (job.status, job.reason, job.error, job.permille) == ("failed", "timeout", "disk full", before.permille)
    assert jobs.statuses(job) == {"scan": "succeeded", "load": "failed", "check": "failed", "store": "pending"}
    assert job.steps["load"].error == "disk full"


def test_a_step_that_fails_first_does_not_lift_the_percent_of_the_job_that_fails_next() -> None:
    before = busy()
    job = after(before, c.FailStep(step="load", error="disk full"), c.Fail(error="disk full"))
    assert job.permille == before.permille


@pytest.mark.parametrize("reason", FAIL_REASONS)
def test_every_reason_to_fail_is_kept(reason: str) -> None:
    assert after(jobs.running(), c.Fail(error="x", reason=reason)).reason == reason


def test_a_long_error_is_kept_whole_and_its_event_carries_what_fits() -> None:
    error = "x" * 4000
    [event] = events(jobs.running(), c.Fail(error=error))
    assert event.message == "x" * 1999 + "…"
    assert event.job["error"] == error
    [scheduled] = events(jobs.running(), c.Wait(reason="retry", error=error))
    assert scheduled.message == "x" * 1999 + "…"
    assert scheduled.job["error"] == error


def test_a_cancelled_job_skips_its_open_steps() -> None:
    made = events(busy(), c.Cancel())
    assert [(event.type, event.step) for event in made] == [
        ("step_skipped", "load"),
        ("step_skipped", "check"),
        ("step_skipped", "store"),
        ("cancelled", None),
    ]
    job = after(busy(), c.Cancel())
    assert (job.permille, job.step, job.finished_at) == (busy().permille, None, NOW)


def test_asking_for_a_cancellation_is_a_fact_beside_the_status() -> None:
    asked = after(busy(), c.RequestCancel())
    assert types(busy(), c.RequestCancel()) == ["cancel_requested"]
    assert (asked.status, asked.cancel_requested_at) == ("running", NOW)
    assert types(asked, c.RequestCancel()) == []
    assert after(asked, c.Succeed()).status == "succeeded"


def test_a_pending_job_is_cancelled_at_once() -> None:
    job = jobs.made("scan")
    assert types(job, c.RequestCancel()) == ["cancel_requested", "step_skipped", "cancelled"]
    assert after(job, c.RequestCancel()).attempt == 0


def test_a_job_between_two_attempts_is_cancelled_at_once() -> None:
    job = after(jobs.running("scan"), c.Wait(reason="retry"))
    assert types(job, c.RequestCancel()) == ["cancel_requested", "step_skipped", "cancelled"]
    asked_before = after(jobs.running("scan"), c.RequestCancel(), c.Wait(reason="retry"))
    assert types(asked_before, c.RequestCancel()) == ["step_skipped", "cancelled"]


@pytest.mark.parametrize("reason", [reason for reason in WAIT_REASONS if reason != "retry"])
def test_a_waiting_job_goes_on_in_the_same_attempt_when_work_is_reported(reason: str) -> None:
    job = after(busy(), c.Wait(reason=reason, until=LATER))
    assert types(busy(), c.Wait(reason=reason)) == ["paused"]
    assert (job.status, job.reason, job.due_at, job.attempt) == ("waiting", reason, LATER, 1)
    assert jobs.statuses(job) == jobs.statuses(busy())
    assert types(job, c.Advance(step="load")) == ["resumed", "tick"]
    resumed = after(job, c.Advance(step="load"))
    assert (resumed.status, resumed.reason, resumed.due_at, resumed.attempt) == ("running", None, None, 1)


@pytest.mark.parametrize(
    "command",
    [
        c.StartStep(step="load"),
        c.Update(message="going on"),
        c.Update(),
        c.FinishStep(step="scan"),
        c.FailStep(step="load", error="x"),
        c.SkipStep(step="store"),
    ],
)
def test_every_report_of_work_resumes(command: c.Command) -> None:
    job = after(busy(), c.Wait(reason="child"))
    assert types(job, command)[0] == "resumed"
    assert after(job, command).status == "running"


@pytest.mark.parametrize("command", [c.Note(message="still waiting"), c.Wait(reason="input")])
def test_what_shows_no_work_leaves_a_job_waiting(command: c.Command) -> None:
    assert after(busy(), c.Wait(reason="child"), command).status == "waiting"


def test_a_note_appends_to_the_history_and_changes_nothing_else() -> None:
    [event] = events(busy(), c.Note(message="ten files", detail={"files": 10}))
    assert (event.type, event.message, event.detail) == ("noted", "ten files", {"files": 10})
    assert after(busy(), c.Note(message="ten files")).message is None
    error = refused(busy(), c.Note(message=None))  # type: ignore[arg-type]  # what a careless caller sends
    assert isinstance(error, InvalidReport)
    assert error.field == "message"


def test_a_job_is_lost_once_and_found_once() -> None:
    lost = after(busy(), c.Lose())
    assert (lost.status, lost.health) == ("running", "lost")
    assert (types(busy(), c.Lose()), types(lost, c.Lose())) == (["lost"], [])
    assert (types(lost, c.Find()), types(busy(), c.Find())) == (["found"], [])
    assert after(lost, c.Find()).health == "ok"


def test_a_worker_that_reports_is_not_lost() -> None:
    lost = after(busy(), c.Lose())
    assert types(lost, c.Advance(step="load")) == ["found", "tick"]
    assert types(lost, c.Note(message="still here")) == ["found", "noted"]
    refused(lost, c.Advance(step="store"))


def test_a_verdict_is_no_report() -> None:
    lost = after(busy(), c.Lose())
    assert types(lost, c.RequestCancel()) == ["cancel_requested"]
    assert types(lost, c.RollUp(step="load", current=1, total=2, permille=700)) == ["tick"]
    assert after(lost, c.Attach(takeover=True)).health == "ok"


@pytest.mark.parametrize("reason", ["timeout", "lost", "expired"])
def test_giving_up_is_a_failure_with_an_event_of_its_own(reason: str) -> None:
    lost = after(busy(), c.Lose())
    job = after(lost, c.GiveUp(reason=reason, error="no sign of life for an hour"))
    assert (job.status, job.reason, job.health) == ("failed", reason, "ok")
    assert job.permille == lost.permille
    [*_, event] = events(lost, c.GiveUp(reason=reason, error="no sign of life for an hour"))
    assert (event.type, event.detail) == ("failed", {"policy": reason})


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.GiveUp(reason="error", error="x"), "reason"),
        (c.GiveUp(reason="lost", error=""), "error"),
        (c.Fail(error="x", reason="boredom"), "reason"),
        (c.Fail(error=""), "error"),
        (c.FailStep(step="load", error=""), "error"),
        (c.Wait(reason="boredom"), "reason"),
        (c.Wait(reason="child", until=-1), "until"),
        (c.Wait(reason="child", until=2**53), "until"),
        (c.Wait(reason="retry", error="x" * 4001), "error"),
    ],
)
def test_a_wrong_reason_or_no_error_is_refused(command: c.Command, field: str) -> None:
    error = refused(busy(), command)
    assert isinstance(error, InvalidReport)
    assert error.field == field
    assert str(error) == f"{field}: {error.reason}"


def test_a_refusal_of_a_superseded_attempt_is_history() -> None:
    job = jobs.in_phase("succeeded")
    [event] = events(job, c.RecordRefusal(attempt=0, producer="w1"))
    assert (event.type, event.detail) == ("report_refused", {"attempt": 0, "producer": "w1"})
    assert after(job, c.RecordRefusal(attempt=0, producer="w1")).permille == 1000
