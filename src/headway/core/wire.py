"""The names on the wire: jobs, steps and events as plain values, the same in HTTP, SSE, `--json` and Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headway.core.changes import Event
from headway.core.eta import Eta, estimate
from headway.core.instant import to_text
from headway.core.job import Job, Step

Wire = dict[str, Any]

_TIMES = frozenset(
    {
        "started_at",
        "finished_at",
        "attempt_started_at",
        "last_progress_at",
        "cancel_requested_at",
        "due_at",
    }
)
_PROGRESS = ("current", "total", "unit")
_INTERNAL = frozenset({"mode", "open", "keep_steps", "permille", "plan_rev", "attempt_started_at", *_PROGRESS})
_STEP_INTERNAL = frozenset({"version", "low", "high", "permille"})


def job_wire(job: Job, health: str | None = None) -> Wire:
    """A snapshot. `health` as derived by the reader; the stored verdict without."""
    facts = job.facts
    return {
        "id": facts.id,
        "kind": facts.kind,
        "status": job.status,
        "reason": job.reason,
        "health": health or job.health,
        "attempt": job.attempt,
        "project": facts.project,
        "tenant": facts.tenant,
        "subject": facts.subject,
        "external_id": facts.external_id,
        "labels": facts.labels,
        "parent_id": facts.parent_id,
        "progress": _progress(job.current, job.total, job.unit, job.permille, job.plan_rev),
        "step": job.step,
        "last_step": _last_step([(s.started_at or 0, s.position, s.name) for s in job.steps.values() if s.started_at]),
        "message": job.message,
        "result": job.result,
        "error": job.error,
        "eta": eta_wire(estimate(job)),
        "created_at": to_text(facts.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "updated_at": to_text(job.updated_at),
        "last_progress_at": _time(job.last_progress_at),
        "cancel_requested_at": _time(job.cancel_requested_at),
        "due_at": _time(job.due_at),
        "version": job.version,
        "seq": job.seq,
        "steps": [step_wire(step) for step in job.steps.values()],
    }


def step_wire(step: Step) -> Wire:
    return {
        "name": step.name,
        "group": step.group,
        "position": step.position,
        "weight": step.weight,
        "status": step.status,
        "attempt": step.attempt,
        "current": step.current,
        "total": step.total,
        "unit": step.unit,
        "percent": percent_wire(step.permille),
        "message": step.message,
        "error": step.error,
        "started_at": _time(step.started_at),
        "finished_at": _time(step.finished_at),
    }


def event_wire(job_id: str, event: Event, job: Job | None = None) -> Wire:
    """A history entry with the job's resulting header. `job`: the state at this event, which tells when it will end."""
    return {
        "job_id": job_id,
        "seq": event.seq,
        "type": event.type,
        "attempt": event.attempt,
        "step": event.step,
        "message": event.message,
        "detail": event.detail,
        "at": to_text(event.at),
        "recorded_at": to_text(event.recorded_at),
        "job": header_wire(event) if job is None else header_wire(event) | {"eta": eta_wire(estimate(job))},
    }


def header_wire(event: Event) -> Wire:
    """What a reader must change in its copy of the job: the header, whatever else changed, and the changed steps.

    `steps` are partial: each has its name and the fields that changed.
    """
    values = event.job
    header: Wire = {
        "status": values.get("status", "pending"),
        "percent": percent_wire(values.get("permille")),
        "step": values.get("step"),
        "message": values.get("message"),
        "version": event.version,
        "seq": event.seq,
        "updated_at": to_text(event.recorded_at),
        "progress": _progress(
            values.get("current", 0),
            values.get("total"),
            values.get("unit"),
            values.get("permille"),
            values.get("plan_rev", 1),
        ),
    }
    header |= {key: _shown(key, value) for key, value in values.items() if key not in _INTERNAL and key not in header}
    if event.steps:
        header["steps"] = [_partial_step(name, step) for name, step in event.steps.items()]
    return header


def merged(job: Wire, header: Wire) -> Wire:
    """A job after an event: the header's values are the newest, its steps are partial."""
    steps = {step["name"]: step for step in job["steps"]}
    for patch in header.get("steps", ()):
        steps[patch["name"]] = {**steps.get(patch["name"], {}), **patch}
    plain = {key: value for key, value in header.items() if key not in ("steps", "percent")}
    begun = [(s["started_at"], s["position"], s["name"]) for s in steps.values() if s["started_at"]]
    return {**job, "eta": None, **plain, "last_step": _last_step(begun), "steps": list(steps.values())}


def _last_step(begun: list[tuple[Any, int, str]]) -> str | None:
    """The step that was begun last in this attempt, whatever became of it: where a job that failed has ended."""
    return max(begun)[2] if begun else None


def eta_wire(eta: Eta | None) -> Wire | None:
    if eta is None:
        return None
    return {"at": _time(eta.at), "low": _time(eta.low), "high": _time(eta.high), "basis": eta.basis, "n": eta.n}


def percent_wire(permille: int | None) -> float | None:
    """Percent with one decimal, from tenths of a percent."""
    return None if permille is None else permille / 10


def _progress(current: int, total: int | None, unit: str | None, permille: int | None, plan_rev: int) -> Wire:
    return {
        "current": current,
        "total": total,
        "unit": unit,
        "percent": percent_wire(permille),
        "plan_rev": plan_rev,
    }


def _partial_step(name: str, values: Mapping[str, Any]) -> Wire:
    wire: Wire = {"name": name}
    if "permille" in values:
        wire["percent"] = percent_wire(values["permille"])
    return wire | {key: _shown(key, value) for key, value in values.items() if key not in _STEP_INTERNAL}


def _shown(key: str, value: Any) -> Any:
    return _time(value) if key in _TIMES else value


def _time(at: int | None) -> str | None:
    return None if at is None else to_text(at)
