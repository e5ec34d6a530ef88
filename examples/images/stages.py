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
        self._job = job.forward_only()
        self._step: StepHandle | None = None

    def update(self, stage: str, progress: float | None = None) -> None:
        """Enter a stage, or move within it. `progress`: percent of the whole, clamped to 0 to 100 and to the stage.

        Raises `BackwardStage`, `UnknownStage`, `StageNotStored`, or Headway's `Cancelled` and `Fenced`.
        """
        try:
            if self._step is None or self._step.name != stage:
                self._step = self._job.step(stage)
        except headway.BackwardStep as error:
            raise BackwardStage(stage, error.reached) from error
        except headway.InvalidReport as error:
            raise UnknownStage(stage) from error
        except (headway.StoreUnavailable, headway.StoreUnusable, OSError) as error:
            raise StageNotStored(stage) from error
        low, high = plan.RANGES[stage]
        if progress is not None and high > low:
            self._step.update(current=_clamped(progress, low, high) - low, total=high - low, unit="%")


def _clamped(progress: float, low: int, high: int) -> int:
    known = 0.0 if math.isnan(progress) else progress
    return int(max(low, min(high, max(0.0, min(100.0, known)))))
