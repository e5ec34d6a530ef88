"""How far a job is, in tenths of a percent, rounded down, from its steps or its counts."""

from __future__ import annotations

import math
from collections.abc import Iterable

from headway.core.job import ALMOST, OPEN, Mode, Step, StepStatus

_GRAIN = 1e-6  # absorbs the rounding of floats, so that 3 × 33.3… is 100 and not 99.9


def of_counts(current: int, total: int | None, before: int | None, most: int) -> int | None:
    """Tenths of a percent of `current` out of `total`, at most `most`; holds what was shown before, None while unknown.

    A job that has counted everything is not done before it says so (ALMOST). A step that has stands at its whole range
    (WHOLE): its job is what is held back.
    """
    if not total:
        return before
    return max(before or 0, min(most, current * 1000 // total))


def of_steps(steps: Iterable[Step], mode: Mode, before: int | None) -> int:
    """Tenths of a percent from the steps' bounds; never less than what was shown before."""
    reached = _by_range(steps) if mode is Mode.RANGES else 100.0 - _left(steps)
    return max(before or 0, min(ALMOST, math.floor(reached * 10 + _GRAIN)))


def fraction_left(step: Step) -> float:
    """What a step still has to do, 0 to 1."""
    return 0.0 if step.settled else 1.0 - (step.permille or 0) / 1000


def _left(steps: Iterable[Step]) -> float:
    return math.fsum([(step.high - step.low) * fraction_left(step) for step in steps if step.status in OPEN])


def _by_range(steps: Iterable[Step]) -> float:
    """The furthest point that a started step has reached; a skipped range is passed once that point touches it."""
    reached = 0.0
    for step in steps:
        if step.status is StepStatus.PENDING or (step.status is StepStatus.SKIPPED and step.low > reached):
            continue
        reached = max(reached, step.high - (step.high - step.low) * _fraction_short(step))
    return reached


def _fraction_short(step: Step) -> float:
    """What a started step has not done of its range; a failed one stays where it was."""
    whole = step.status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)
    return 0.0 if whole else 1.0 - (step.permille or 0) / 1000
