"""The rules for a job's own life: attempts, waiting, ending, cancelling, being lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headway.core import commands as c
from headway.core import limits, percent
from headway.core.changes import Values
from headway.core.draft import Draft
from headway.core.errors import InvalidReport
from headway.core.job import ALMOST, FAIL_REASONS, WAIT_REASONS, Job, Status, Step, StepStatus
from headway.core.plan import reset
from headway.core.table import next_phase, phase

_RESUMED: Values = {"status": Status.RUNNING, "reason": None, "due_at": None}


def attach(draft: Draft, command: c.Attach) -> None:
    """Pending starts, waiting starts the next attempt, running joins or, with `takeover`, is superseded."""
    was = phase(draft.job)
    next_phase(draft.job, "attach")
    if was == "running" and not command.takeover:
        return
    kind = "superseded" if was == "running" else "started"
    _begin_attempt(draft, kind)


def resume(draft: Draft) -> None:
    """A report that shows work takes a waiting job back to running, in the same attempt."""
    if draft.job.status is Status.WAITING:
        draft.event("resumed", _RESUMED)


def note(draft: Draft, command: c.Note) -> None:
    next_phase(draft.job, "note")
    message = limits.text("message", command.message)
    if not message:
        raise InvalidReport("message", "is needed")
    draft.event("noted", message=message, detail=limits.document("detail", command.detail))


def wait(draft: Draft, command: c.Wait) -> None:
    """Waiting with a reason; a retry ends the attempt, so its running steps fail."""
    if command.reason not in WAIT_REASONS:
        raise InvalidReport("reason", f"must be one of {', '.join(WAIT_REASONS)}, not {limits.shown(command.reason)}")
    until = None if command.until is None else limits.moment("until", command.until)
    error = limits.text("error", command.error, limits.ERROR_MAX)
    retrying = command.reason == "retry"
    next_phase(draft.job, "wait_for_retry" if retrying else "wait")
    if retrying:
        _close_running(draft, StepStatus.FAILED, error)
    values: dict[str, Any] = {"status": Status.WAITING, "reason": command.reason, "due_at": until}
    if retrying:
        values |= {"keep_steps": command.keep_steps, "error": error, "step": None}
    message = None if error is None else limits.captured(error, limits.MESSAGE_MAX)
    draft.event("retry_scheduled" if retrying else "paused", values, message=message, detail={"reason": command.reason})


def succeed(draft: Draft, command: c.Succeed) -> None:
    """Settles what is open: running steps succeed, pending ones are skipped, and only then it is 100 %."""
    next_phase(draft.job, "succeed")
    result = limits.document("result", command.result)
    _close_running(draft, StepStatus.SUCCEEDED, None)
    _skip_pending(draft)
    values = _ended(draft, Status.SUCCEEDED) | {"permille": 1000, "result": result, "error": None}
    draft.event("succeeded", values)


def fail(draft: Draft, command: c.Fail) -> None:
    """Fails the running steps and keeps the percent that was reached."""
    next_phase(draft.job, "fail")
    if command.reason not in FAIL_REASONS:
        raise InvalidReport("reason", f"must be one of {', '.join(FAIL_REASONS)}, not {limits.shown(command.reason)}")
    _fail(draft, command.error, command.reason, limits.document("detail", command.detail))


def give_up(draft: Draft, command: c.GiveUp) -> None:
    """A policy's failure: the reason says which policy."""
    next_phase(draft.job, "give_up")
    if command.reason not in FAIL_REASONS[1:]:
        raise InvalidReport("reason", f"must be one of {', '.join(FAIL_REASONS[1:])}")
    _fail(draft, command.error, command.reason, {"policy": command.reason})


def cancel(draft: Draft, command: c.Cancel) -> None:
    next_phase(draft.job, "cancel")
    _cancelled(draft)


def request_cancel(draft: Draft, command: c.RequestCancel) -> None:
    """Recorded once; a job that nobody works on is cancelled at once."""
    follows = next_phase(draft.job, "request_cancel")
    if draft.job.cancel_requested_at is None:
        draft.event("cancel_requested", {"cancel_requested_at": draft.at})
    if follows == "cancelled":
        _cancelled(draft)


def retry(draft: Draft, command: c.Retry) -> None:
    """Reopens an ended job; the new attempt begins when a worker attaches. Asking twice is asking once."""
    if phase(draft.job) == next_phase(draft.job, "retry"):
        return
    values = {
        "status": Status.WAITING,
        "reason": "retry",
        "keep_steps": command.keep_steps,
        "finished_at": None,
        "cancel_requested_at": None,
        "permille": None if draft.job.permille is None else min(draft.job.permille, ALMOST),
    }
    draft.event("retry_requested", values)


def lose(draft: Draft, command: c.Lose) -> None:
    next_phase(draft.job, "lose")
    if draft.job.health != "lost":
        draft.event("lost", {"health": "lost"}, message="no worker holds a lease on this job any more")


def find(draft: Draft, command: c.Find) -> None:
    next_phase(draft.job, "find")
    if draft.job.health == "lost":
        draft.event("found", {"health": "ok"})


def found_by_report(draft: Draft) -> None:
    """A worker that reports is not lost, whatever the sweeper thought."""
    draft.event("found", {"health": "ok"})


def record_refusal(draft: Draft, command: c.RecordRefusal) -> None:
    """The refusal of a superseded attempt is history, the state stays as it is."""
    next_phase(draft.job, "record_refusal")
    detail = {"attempt": command.attempt, "producer": command.producer}
    draft.event("report_refused", message=f"attempt {command.attempt} was superseded", detail=detail)


def _begin_attempt(draft: Draft, type: str) -> None:
    job = draft.job
    values: dict[str, Any] = {
        "status": Status.RUNNING,
        "reason": None,
        "health": "ok",
        "attempt": job.attempt + 1,
        "started_at": draft.at if job.started_at is None else job.started_at,
        "attempt_started_at": draft.at,
        "last_progress_at": draft.at,
        "due_at": None,
        "keep_steps": False,
    }
    if job.status is Status.PENDING:
        draft.event(type, values)
        return
    steps = reset(job.steps, job.mode, keep=job.keep_steps)
    draft.event(type, values | _fresh_counts(job, steps), _differences(job.steps, steps))


def _fresh_counts(job: Job, steps: Mapping[str, Step]) -> dict[str, Any]:
    return {
        "message": None,
        "error": None,
        "result": None,
        "step": None,
        "plan_rev": job.plan_rev + 1,
        "current": sum(step.settled for step in steps.values()),
        "total": len(steps) or None,
        "permille": percent.of_steps(steps.values(), job.mode, 0) if steps else None,
    }


def _differences(before: Mapping[str, Step], after: Mapping[str, Step]) -> dict[str, Values]:
    """What a new attempt changes about each step: all of it that differs."""
    pairs = {name: (vars(before[name]), vars(step)) for name, step in after.items() if step is not before[name]}
    return {name: {key: new[key] for key in new if new[key] != old[key]} for name, (old, new) in pairs.items()}


def _ended(draft: Draft, status: Status) -> dict[str, Any]:
    return {
        "status": status,
        "reason": None,
        "health": "ok",
        "step": None,
        "due_at": None,
        "finished_at": draft.at,
        "keep_steps": False,
    }


def _fail(draft: Draft, error: str, reason: str, detail: Any) -> None:
    text = limits.text("error", error, limits.ERROR_MAX)
    if not text:
        raise InvalidReport("error", "is needed: say what went wrong")
    _close_running(draft, StepStatus.FAILED, text)
    values = _ended(draft, Status.FAILED) | {"reason": reason, "error": text}
    draft.event("failed", values, message=limits.captured(text, limits.MESSAGE_MAX), detail=detail)


def _cancelled(draft: Draft) -> None:
    _close_running(draft, StepStatus.SKIPPED, None)
    _skip_pending(draft)
    draft.event("cancelled", _ended(draft, Status.CANCELLED))


def _close_running(draft: Draft, status: StepStatus, error: str | None) -> None:
    for step in _with_status(draft, StepStatus.RUNNING):
        _settle(draft, step, status, error)


def _skip_pending(draft: Draft) -> None:
    for step in _with_status(draft, StepStatus.PENDING):
        _settle(draft, step, StepStatus.SKIPPED, None)


def _with_status(draft: Draft, status: StepStatus) -> list[Step]:
    return [step for step in draft.job.steps.values() if step.status is status]


def _settle(draft: Draft, step: Step, status: StepStatus, error: str | None) -> None:
    """Ends one step because its job ends; the job's percent holds, only the job's own success moves it."""
    values: dict[str, Any] = {"status": status, "finished_at": draft.at, "error": error}
    if status is StepStatus.SUCCEEDED:
        values["permille"] = 1000
    counts = {"current": draft.job.current + 1, "step": draft.step_without(step.name)}
    draft.event(f"step_{status}", counts, {step.name: values}, step=step.name)
