"""The changes that a decision has made so far, and the state that they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headway.core import percent
from headway.core.changes import Change, Event, Tick, Values, evolve
from headway.core.errors import InvalidReport, UnknownStep
from headway.core.job import Job, Step, StepStatus, changed

# What an event always tells about the job: all that ticks may have changed, and the header that readers show.
_HEADER = ("message", "current", "total", "unit", "permille", "last_progress_at", "status", "step", "plan_rev")
_TICKING_STEP = ("message", "current", "total", "unit", "permille")


class Draft:
    """Collects changes one by one; each sees the state that those before it made."""

    __slots__ = ("at", "changes", "job", "now")

    def __init__(self, job: Job, now: int, at: int | None = None) -> None:
        self.job = job
        self.now = now
        self.at = now if at is None else at
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
        before = self.job
        merged = self._absorbed_steps(steps or {})
        self._add(
            Event(
                seq=before.seq + 1,
                version=before.version + 1,
                type=type,
                attempt=(job or {}).get("attempt", before.attempt),
                at=self.at,
                recorded_at=self.now,
                step=step,
                message=message,
                detail=detail,
                job=self._absorbed_job(job or {}),
                steps=merged,
            )
        )

    def tick(self, job: Values, steps: Mapping[str, Values] | None = None) -> None:
        """Adds a change of progress that is not history."""
        self._add(Tick(version=self.job.version + 1, recorded_at=self.now, job=job, steps=steps or {}))

    def step(self, name: str) -> Step:
        """The step of this name, or UnknownStep."""
        known = self.job.steps.get(name)
        if known is None:
            names = ", ".join(list(self.job.steps)[:8]) or "none"
            raise UnknownStep("step", f"{name!r:.110} is not a step of this job (its steps: {names})")
        return known

    def counted(self, steps: Mapping[str, Values], *, shown: int | None = None) -> dict[str, Any]:
        """The job's own counts and percent once these steps have changed; never below what is `shown` already."""
        after = self._after(steps)
        shown = percent.of_steps(after, self.job.mode, self.job.permille if shown is None else shown)
        settled = sum(step.settled for step in after)
        return {"current": settled, "total": len(after), "permille": shown}

    def newest_running(self, steps: Mapping[str, Values]) -> str | None:
        """The running step that was started last, once these steps have changed."""
        running = [step for step in self._after(steps) if step.status is StepStatus.RUNNING]
        return max(running, key=lambda step: (step.started_at or 0, step.position)).name if running else None

    def check_at(self, at: int | None) -> None:
        """A given time must be a time: microseconds, and not before 1970."""
        if at is not None and (isinstance(at, bool) or not isinstance(at, int) or not 0 <= at < 2**53):
            raise InvalidReport("at", "must be a time after 1970")

    def _add(self, change: Change) -> None:
        self.job = evolve(self.job, change)
        self.changes.append(change)

    def _after(self, steps: Mapping[str, Values]) -> list[Step]:
        return [changed(step, steps[name]) if name in steps else step for name, step in self.job.steps.items()]

    def _absorbed_job(self, values: Values) -> dict[str, Any]:
        state = self.job.__dict__
        absorbed = {key: state[key] for key in _HEADER}
        absorbed.update(values)
        return absorbed

    def _absorbed_steps(self, steps: Mapping[str, Values]) -> Mapping[str, Values]:
        since = self.job.event_version
        absorbed: dict[str, Values] = {
            name: {key: getattr(step, key) for key in _TICKING_STEP}
            for name, step in self.job.steps.items()
            if step.version > since
        }
        for name, values in steps.items():
            absorbed[name] = {**absorbed[name], **values} if name in absorbed else values
        return absorbed
