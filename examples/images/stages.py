"""Owns the reporting of an image job's stages: forward only, with the percent that each stage may show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import headway
from examples.images import plan
from examples.images.errors import BackwardStage, StageNotStored, UnknownStage

if TYPE_CHECKING:
    from headway import JobHandle, StepHandle


class Stages:
    """The stages of one job, told by the worker that has it."""

    def __init__(self, job: JobHandle) -> None:
        self._job = job
        self._step: StepHandle | None = None
        self._at = -1
        # A worker that goes on where another one was killed repeats the work, and not what was told of it.
        self._told = plan.ORDER.index(stage) if (stage := reached(job.snapshot())) else -1

    def update(self, stage: str, progress: float | None = None) -> None:
        """Enter a stage, or move within it. `progress`: percent of the whole, clamped to 0 to 100 and to the stage.

        Raises `BackwardStage`, `UnknownStage`, `StageNotStored`, or Headway's `Cancelled` and `Fenced`.
        """
        position = _position(stage)
        if position < self._at:
            raise BackwardStage(stage, plan.ORDER[self._at])
        if position >= self._told:
            try:
                self._report(stage, position, progress)
            except (headway.StoreUnavailable, headway.StoreUnusable, OSError) as error:
                raise StageNotStored(stage) from error
        self._at = position

    def _report(self, stage: str, position: int, progress: float | None) -> None:
        if self._step is None or position > self._at:
            self._step = self._job.step(stage)
        low, high = plan.RANGES[stage]
        if progress is None or high == low or not self._step.open:
            return
        percent = _clamped(progress, low, high)
        if percent < high:
            self._step.update(current=percent - low, total=high - low, unit="%")
        else:
            self._step.succeed()  # a running step stops at 99.9 of its hundred


def reached(job: dict[str, object]) -> str | None:
    """The furthest stage that a job has begun; None before the first."""
    steps = job["steps"]
    assert isinstance(steps, list)
    return next((str(step["name"]) for step in reversed(steps) if step["started_at"] is not None), None)


def _position(stage: str) -> int:
    if stage not in plan.ORDER:
        raise UnknownStage(stage)
    return plan.ORDER.index(stage)


def _clamped(progress: float, low: int, high: int) -> int:
    known = 0.0 if math.isnan(progress) else progress
    return int(max(low, min(high, max(0.0, min(100.0, known)))))
