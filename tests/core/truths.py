"""Owns what is true of every job at every moment, and of every change whatever led to it."""

from __future__ import annotations

import math
from typing import Any

from headway.core import limits
from headway.core.changes import Change, Event, Tick
from headway.core.job import Job, Mode, Status, Step, StepStatus
from tests.core import jobs

RENEWED = ("started", "superseded")


def of_job(job: Job) -> None:
    """What must hold whenever anybody looks."""
    assert job.permille is None or 0 <= job.permille <= 1000
    assert (job.permille == 1000) == (job.status is Status.SUCCEEDED)
    assert 0 <= job.current <= (math.inf if job.total is None else job.total)
    assert (job.finished_at is not None) == job.terminal
    assert (job.reason is not None) == (job.status in (Status.WAITING, Status.FAILED))
    assert (job.started_at is not None) == (job.attempt > 0)
    assert job.attempt > 0 or job.status not in (Status.RUNNING, Status.SUCCEEDED)
    assert job.health == "ok" or (job.health, job.status) == ("lost", Status.RUNNING)
    assert (job.attempt_started_at is not None) == (job.attempt > 0)
    assert job.due_at is None or job.status is Status.WAITING
    assert not job.keep_steps or jobs.phase_of(job) == "retrying"
    assert 1 <= job.seq <= job.event_version <= job.version
    _steps_as_a_whole(job)
    for step in job.steps.values():
        _of_step(job, step)


def _steps_as_a_whole(job: Job) -> None:
    steps = job.steps.values()
    running = {step.name for step in steps if step.status is StepStatus.RUNNING}
    assert [step.position for step in steps] == list(range(1, len(steps) + 1))
    assert [step.name for step in steps] == list(job.steps)
    assert job.step in running if running else job.step is None
    if steps:
        assert (job.current, job.total, job.unit) == (sum(step.settled for step in steps), len(steps), None)
        assert job.permille is not None
    if running:
        assert jobs.phase_of(job) in ("running", "waiting")
    if job.status in (Status.SUCCEEDED, Status.CANCELLED):
        assert all(step.settled for step in steps)


def _of_step(job: Job, step: Step) -> None:
    assert step.permille is None or 0 <= step.permille <= 1000
    assert step.permille == 1000 or step.status is not StepStatus.SUCCEEDED
    assert step.permille is None or step.status is not StepStatus.PENDING
    assert 0 <= step.current <= (math.inf if step.total is None else step.total)
    assert (step.finished_at is not None) == step.settled
    assert (step.started_at is not None) >= (step.status in (StepStatus.RUNNING, StepStatus.SUCCEEDED))
    assert math.isfinite(step.low)
    assert math.isfinite(step.high)
    assert step.low <= step.high
    assert job.mode is Mode.WEIGHTS or 0 <= step.low <= step.high <= 100
    assert 1 <= step.version <= job.version


def of_change(before: Job, change: Change, after: Job) -> None:
    """What must hold of any two states that follow each other."""
    assert after.version == before.version + 1 == change.version
    assert after.facts is before.facts
    if isinstance(change, Tick):
        _of_tick(before, change, after)
    else:
        _of_event(before, change, after)


def _of_tick(before: Job, tick: Tick, after: Job) -> None:
    assert (after.seq, after.status, after.attempt) == (before.seq, before.status, before.attempt)
    assert tick.job.keys() <= {"message", "current", "total", "unit", "permille", "last_progress_at"}
    for values in tick.steps.values():
        assert values.keys() <= {"message", "current", "total", "unit", "permille"}
    assert (after.permille or 0) >= (before.permille or 0)


def _of_event(before: Job, event: Event, after: Job) -> None:
    assert after.seq == before.seq + 1 == event.seq
    assert (event.attempt, event.version) == (after.attempt, after.event_version)
    assert limits.text("message", event.message) == event.message
    assert limits.document("detail", event.detail) == event.detail
    renewed = event.type in RENEWED
    assert after.attempt == before.attempt + renewed
    began_anew = renewed and before.status is not Status.PENDING
    assert after.plan_rev == before.plan_rev + (began_anew or event.type == "steps_added")
    if not renewed and event.type != "retry_requested":
        assert (after.permille or 0) >= (before.permille or 0)
    if event.type in ("failed", "cancelled", "retry_scheduled", "paused"):
        assert after.permille == before.permille
    if before.terminal:
        assert event.type in ("retry_requested", "report_refused")
    if after.plan_rev == before.plan_rev:
        assert _bounds(after) == _bounds(before)
    for name, moved in _bounds(after).items():
        if moved != _bounds(before).get(name):
            assert {"low", "high"} & event.steps[name].keys()


def _bounds(job: Job) -> dict[str, tuple[float, float]]:
    return {name: (step.low, step.high) for name, step in job.steps.items()}


def applied(copy: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    """What a reader makes of its copy of a job when it is told an event's header."""
    steps = {step["name"]: step for step in copy["steps"]}
    for partial in header.get("steps", ()):
        steps[partial["name"]] = {**steps.get(partial["name"], {}), **partial}
    told = {name: value for name, value in header.items() if name not in ("steps", "percent")}
    return {**copy, **told, "steps": list(steps.values())}
