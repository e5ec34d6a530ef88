"""The changes that a decision has made so far, and the state that they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headway.core import percent
from headway.core.changes import Change, Event, Tick, Values, evolve
from headway.core.errors import InvalidReport, UnknownStep
from headway.core.job import Job, Step, StepStatus
from headway.core.record import changed, made

_TICKING_STEP = ("message", "current", "total", "unit", "permille")


class Draft:
    """Collects changes one by one; each sees the state that those before it made."""

    __slots__ = ("at", "changes", "job", "now")

    def __init__(self, job: Job, now: int) -> None:
        self.job = job
        self.now = now
        self.at = now  # when the command says that it happened
        self.changes: list[Change] = []

    def event(
        self,
        type: str,
        job: Values | None = None,
        steps: Mapping[str, Values] | None = None,
        *,
        step: str | None = None,
        message: str | None = None,
        detail: Any = None,
    ) -> None:
        """Adds a history entry; ticks since the last one are absorbed into it."""
        before, job = self.job, job or {}
        fields = {
            "seq": before.seq + 1,
            "version": before.version + 1,
            "type": type,
            "attempt": job.get("attempt", before.attempt),
            "at": self.at,
            "recorded_at": self.now,
            "step": step,
            "message": message,
            "detail": detail,
            "job": self._absorbed_job(job),
            "steps": self._absorbed_steps(steps or {}),
        }
        self._add(made(Event, fields))

    def tick(self, job: Values, steps: Mapping[str, Values] | None = None) -> None:
        """Adds a change of progress that is not history."""
        self._add(Tick(version=self.job.version + 1, recorded_at=self.now, job=job, steps=steps or {}))

    def find(self, name: object) -> Step | None:
        """The step of this name, if the job has it."""
        if not isinstance(name, str):
            raise InvalidReport("step", f"must be text, not {type(name).__name__}")
        return self.job.steps.get(name)

    def step(self, name: object) -> Step:
        """The step of this name, or UnknownStep."""
        known = self.find(name)
        if known is None:
            names = ", ".join(list(self.job.steps)[:8]) or "none"
            raise UnknownStep("step", f"{name!r:.110} is not a step of this job (its steps: {names})")
        return known

    def shown(self, steps: Mapping[str, Values]) -> int:
        """The job's percent once these steps have changed; never below what is shown already."""
        after = dict(self.job.steps)
        for name, values in steps.items():
            after[name] = changed(after[name], values)
        return percent.of_steps(after.values(), self.job.mode, self.job.permille)

    def step_without(self, name: str) -> str | None:
        """The job's step once this one has ended: of those that still run, the one that was started last."""
        if self.job.step != name:
            return self.job.step
        others = [step for step in self.job.steps.values() if step.status is StepStatus.RUNNING and step.name != name]
        return max(others, key=lambda step: (step.started_at or 0, step.position)).name if others else None

    def _add(self, change: Change) -> None:
        self.job = evolve(self.job, change)
        self.changes.append(change)

    def _absorbed_job(self, values: Values) -> dict[str, Any]:
        """All that ticks may have changed, and the header that readers show: an event always tells these."""
        state = self.job.__dict__
        return {
            "message": state["message"],
            "current": state["current"],
            "total": state["total"],
            "unit": state["unit"],
            "permille": state["permille"],
            "last_progress_at": state["last_progress_at"],
            "status": state["status"],
            "step": state["step"],
            "plan_rev": state["plan_rev"],
            **values,
        }

    def _absorbed_steps(self, steps: Mapping[str, Values]) -> Mapping[str, Values]:
        since = self.job.event_version
        if since == self.job.version:  # no tick since the last event
            return steps
        absorbed: dict[str, Values] = {
            name: {key: getattr(step, key) for key in _TICKING_STEP}
            for name, step in self.job.steps.items()
            if step.version > since
        }
        for name, values in steps.items():
            absorbed[name] = {**absorbed[name], **values} if name in absorbed else values
        return absorbed
