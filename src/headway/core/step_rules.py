"""The rules for steps and counts: start, advance, finish, add, and what they do to the job's percent."""

from __future__ import annotations

from typing import Any

from headway.core import commands as c
from headway.core import limits, percent
from headway.core.changes import Values
from headway.core.draft import Draft
from headway.core.errors import InvalidReport, UnknownStep
from headway.core.job import ALMOST, OPEN, WHOLE, Step, StepStatus
from headway.core.job_rules import resume
from headway.core.plan import StepSpec, extended
from headway.core.table import next_phase, next_step_status

_Ending = c.FinishStep | c.FailStep | c.SkipStep
_NAMED_MAX = 100  # of the added steps so many are named in the event's detail, which is bounded; all are in its steps


def start(draft: Draft, command: c.StartStep) -> None:
    """Starts a step; entering it again is a new attempt of the step, entering a running one changes nothing."""
    next_phase(draft.job, "start_step")
    if draft.find(command.step) is None and draft.job.open:
        _extend(draft, (StepSpec(name=limits.name("step", command.step)),))
    step = draft.step(command.step)
    next_step_status(step, "start_step")
    message, detail = limits.text("message", command.message), limits.document("detail", command.detail)
    resume(draft)
    if step.status is not StepStatus.RUNNING:
        _change(draft, "step_started", step, _begun(step, draft.at, message), message, detail)


def advance(draft: Draft, command: c.Advance) -> None:
    """Adds to a count. A count beyond its total shows that the total was an estimate: it is raised."""
    next_phase(draft.job, "advance")
    delta = limits.count("delta", command.delta)
    target = _counted(draft, command.step, "advance")
    resume(draft)
    current = (draft.job if target is None else target).current + delta
    _tick(draft, target, {"current": limits.count("current", current)}, {})


def update(draft: Draft, command: c.Update) -> None:
    """Sets counts and the short message. Without a name the counts are the running step's, the message the job's."""
    next_phase(draft.job, "update")
    counts = _counts(command)
    message = {} if command.message is None else {"message": limits.text("message", command.message)}
    if command.step is None:
        target = _counted(draft, None, "update") if counts else None
        own, values = message, counts
    else:
        target = _counted(draft, command.step, "update")
        own, values = {}, counts | message
    resume(draft)
    if own or values:
        _tick(draft, target, values, own)


def roll_up(draft: Draft, command: c.RollUp) -> None:
    """Sets a step to how far the children are that it stands for."""
    next_phase(draft.job, "roll_up")
    step = draft.step(command.step)
    next_step_status(step, "roll_up")
    total, current = limits.count("total", command.total), limits.count("current", command.current)
    shown = max(step.permille or 0, min(limits.count("permille", command.permille), WHOLE))
    values = {"current": min(current, total), "total": total, "unit": "jobs", "permille": shown}
    if any(getattr(step, key) != value for key, value in values.items()):
        _progressed(draft, step, values, {})


def finish(draft: Draft, command: c.FinishStep) -> None:
    message = limits.text("message", command.message)
    _end(draft, "finish_step", command, {"permille": WHOLE, "error": None}, message)


def fail(draft: Draft, command: c.FailStep) -> None:
    """Fails a step. The percent holds, so that a job that fails next keeps what it had."""
    error = limits.text("error", command.error, limits.ERROR_MAX)
    if not error:
        raise InvalidReport("error", "is needed: say what went wrong")
    _end(draft, "fail_step", command, {"error": error}, limits.captured(error, limits.MESSAGE_MAX))


def skip(draft: Draft, command: c.SkipStep) -> None:
    message = limits.text("message", command.message)
    _end(draft, "skip_step", command, {}, message)


def add(draft: Draft, command: c.AddSteps) -> None:
    """Adds steps that are not there yet; those that are stay as they are, so that asking twice is asking once."""
    next_phase(draft.job, "add_steps")
    fresh = tuple(spec for spec in command.steps if spec.name not in draft.job.steps)
    if fresh and not draft.job.open:
        raise UnknownStep("steps", f"the plan of this job is closed, {fresh[0].name!r} cannot be added")
    if fresh:
        _extend(draft, fresh)


def _extend(draft: Draft, specs: tuple[StepSpec, ...]) -> None:
    """Divides anew what remains; every step whose bounds moved is in the event."""
    job = draft.job
    if len(job.steps) + len(specs) > limits.STEPS_MAX:
        raise InvalidReport("steps", f"a job has at most {limits.STEPS_MAX}")
    grown = extended(job.steps, specs, job.mode, (job.permille or 0) / 10)
    patches: dict[str, Values] = {
        name: dict(vars(step)) if name not in job.steps else {"low": step.low, "high": step.high}
        for name, step in grown.items()
        if job.steps.get(name) is not step
    }
    settled = sum(step.settled for step in grown.values())
    counts: dict[str, Any] = {"plan_rev": job.plan_rev + 1, "permille": job.permille or 0}
    counts |= {"current": settled, "total": len(grown), "unit": None}  # from now on the steps are counted
    draft.event("steps_added", counts, patches, detail={"count": len(specs), "steps": _first_names(specs)})


def _first_names(specs: tuple[StepSpec, ...]) -> list[str]:
    return [spec.name for spec in specs[:_NAMED_MAX]]


def _begun(step: Step, at: int, message: str | None) -> dict[str, Any]:
    return {
        "status": StepStatus.RUNNING,
        "attempt": step.attempt + 1,
        "started_at": at,
        "finished_at": None,
        "current": 0,
        "total": None,
        "permille": None,
        "message": message,
        "error": None,
    }


def _end(draft: Draft, name: str, command: _Ending, values: Values, message: str | None) -> None:
    """Ends a step; ending it the same way again changes nothing."""
    next_phase(draft.job, name)
    step = draft.step(command.step)
    status = next_step_status(step, name)
    detail = limits.document("detail", command.detail)
    resume(draft)
    if step.status is status:
        return
    ended: dict[str, Any] = {"status": status, "finished_at": draft.at, **values}
    if step.started_at is None and status is not StepStatus.SKIPPED:
        ended |= {"started_at": draft.at, "attempt": step.attempt + 1}
    if message is not None:
        ended["message"] = message
    _change(draft, f"step_{status}", step, ended, message, detail)


def _change(
    draft: Draft, type: str, step: Step, values: Values, message: str | None = None, detail: Any = None
) -> None:
    """Adds the event of a step that starts or ends, with what that does to the job."""
    job, name, status = draft.job, step.name, values["status"]
    counts = {
        "current": job.current + (status not in OPEN) - step.settled,
        "step": name if status is StepStatus.RUNNING else draft.step_without(name),
        "last_progress_at": draft.at,
    }
    if status is not StepStatus.FAILED:
        counts["permille"] = draft.shown({name: values})
    draft.event(type, counts, {name: values}, step=name, message=message, detail=detail)


def _counted(draft: Draft, name: str | None, command: str) -> Step | None:
    """The step whose counts are meant: the named one, else the running one, else (without steps) the job itself."""
    if name is None and not draft.job.steps:
        return None
    name = name if name is not None else draft.job.step
    if name is None:
        raise InvalidReport("step", "is needed: no step is running, and a job with steps counts its steps")
    step = draft.step(name)
    next_step_status(step, command)
    return step


def _counts(command: c.Update) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if command.total is not None:
        values["total"] = limits.count("total", command.total)
    if command.current is not None:
        values["current"] = limits.count("current", command.current)
    if command.unit is not None:
        values["unit"] = limits.name("unit", command.unit)
    if values.get("current", 0) > values.get("total", limits.COUNT_MAX):
        raise InvalidReport("current", f"{values['current']} is more than the total {values['total']}")
    return values


def _tick(draft: Draft, target: Step | None, values: dict[str, Any], own: Values) -> None:
    """Changes the counts of a step or of the job; `own` is what changes about the job beside them."""
    holder = draft.job if target is None else target
    moved = "current" in values or "total" in values
    if moved:
        most = ALMOST if target is None else WHOLE
        values |= _measured(holder.current, holder.total, holder.permille, values, most)
    if target is None:
        draft.tick({**own, **values, "last_progress_at": draft.at} if moved else {**own, **values})
    elif moved:
        _progressed(draft, target, values, own)
    else:
        draft.tick(own, {target.name: values})


def _measured(current: int, total: int | None, shown: int | None, values: Values, most: int) -> dict[str, Any]:
    """Counts that fit each other, and their percent: 0 <= current <= total holds whatever was sent."""
    current = values.get("current", current)
    total = values.get("total", total)
    total = total if total is None else max(total, current)
    return {"current": current, "total": total, "permille": percent.of_counts(current, total, shown, most)}


def _progressed(draft: Draft, step: Step, values: Values, own: Values) -> None:
    steps = {step.name: values}
    draft.tick({**own, "permille": draft.shown(steps), "last_progress_at": draft.at}, steps)
