"""Owns a second, exact reckoning of a job's percent, by fractions, to hold the first one against."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from headway.core import commands as c
from headway.core.changes import Change, Event
from headway.core.job import Job, Mode, Status, Step

OPEN = ("pending", "running")
CLOSE = Fraction(1, 10**5)  # how near to a tenth of a percent the rounding of floats may decide


def left(step: Step) -> Fraction:
    """What a step has still to do of itself."""
    return 1 - Fraction(step.permille or 0, 1000) if step.status in OPEN else Fraction(0)


class Reckoning:
    """Remembers each step's share of the percent and follows the job: shares change when the plan does."""

    def __init__(self, job: Job) -> None:
        self.shares: dict[str, Fraction] = {}
        self._divide(job.steps.values(), Fraction(0))

    def plan_changed(self, job: Job, *, attempt_began: bool) -> None:
        """Divides anew what remains: above what is shown, or in a new attempt above the steps that it kept."""
        steps = job.steps.values()
        whole = sum(Fraction(step.weight) for step in steps)
        done = sum(Fraction(step.weight) for step in steps if step.status not in OPEN)
        shown = Fraction(job.permille or 0, 10)
        self._divide(steps, 100 * done / whole if attempt_began and whole else shown)

    def _divide(self, steps: Iterable[Step], shown: Fraction) -> None:
        unsettled = [step for step in steps if step.status in OPEN]
        whole = sum(Fraction(step.weight) * left(step) for step in unsettled)
        self.shares |= {step.name: (100 - shown) * Fraction(step.weight) / whole for step in unsettled}

    def reached(self, job: Job) -> Fraction:
        """Percent as the steps stand, whatever was shown before."""
        steps = job.steps.values()
        if job.mode is Mode.RANGES:
            return _furthest(steps)
        return 100 - sum((self.shares[step.name] * left(step) for step in steps), Fraction(0))

    def expected(self, before: Job, command: c.Command, change: Change, after: Job) -> set[int | None]:
        """The tenths of a percent that may be shown after a change."""
        kind = change.type if isinstance(change, Event) else "tick"
        if kind == "succeeded":
            return {1000}
        if kind == "retry_requested":
            return {None if before.permille is None else min(before.permille, 999)}
        if after.attempt > before.attempt and before.status is not Status.PENDING:
            return self._shown(after, 0) if after.steps else {None}
        if kind == "steps_added":
            return {before.permille or 0}
        if not _moves(command, kind) or (kind == "tick" and "permille" not in change.job):
            return {before.permille}
        return self._shown(after, before.permille or 0) if after.steps else {_counted(before, after)}

    def _shown(self, job: Job, before: int) -> set[int | None]:
        """Rounded down, and two of them only where floats cannot tell."""
        tenths = self.reached(job) * 10
        return {max(before, min(999, math.floor(near))) for near in (tenths - CLOSE, tenths + CLOSE)}


def _moves(command: c.Command, kind: str) -> bool:
    """Progress moves the percent, and so does a step that is started, finished or skipped by itself."""
    by_itself = isinstance(command, c.FinishStep | c.SkipStep) and kind in ("step_succeeded", "step_skipped")
    return by_itself or kind in ("tick", "step_started")


def _counted(before: Job, after: Job) -> int | None:
    if not after.total:
        return before.permille
    return max(before.permille or 0, min(999, after.current * 1000 // after.total))


def _furthest(steps: Iterable[Step]) -> Fraction:
    point = Fraction(0)
    for step in steps:
        low, high = Fraction(step.low), Fraction(step.high)
        inside = low + (high - low) * Fraction(step.permille or 0, 1000)
        ends = {"pending": point, "running": inside, "failed": inside, "succeeded": high}
        passed = high if low <= point else point
        point = max(point, ends.get(str(step.status), passed))
    return point
