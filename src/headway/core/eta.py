"""When a job will end, as far as its own pace tells; a function of the stored state, so it changes with the version."""

from __future__ import annotations

from headway.core.job import Job, Mode, Status
from headway.core.record import Record

_MIN_PERMILLE = 10  # below one percent the pace says nothing
_MIN_ELAPSED = 500_000  # µs; below half a second neither
_SPREAD = 0.5  # half width of the interval at the first percent, as a share of what remains


class Eta(Record):
    """Absolute times in microseconds; `basis`: history, rate or none; `n`: how many observations are behind it."""

    at: int | None = None
    low: int | None = None
    high: int | None = None
    basis: str = "none"
    n: int = 0


def estimate(job: Job) -> Eta | None:
    """The ETA of a job; None once it has ended. Its pace is the mean of this attempt up to its last progress.

    Steps that the attempt kept from the one before are progress that it did not make: they don't count for the pace.
    """
    if job.terminal:
        return None
    if job.status is not Status.RUNNING or job.attempt_started_at is None or job.last_progress_at is None:
        return Eta()
    elapsed = job.last_progress_at - job.attempt_started_at
    permille = job.permille or 0
    gained = permille - _kept(job, job.attempt_started_at)
    if gained < _MIN_PERMILLE or elapsed < _MIN_ELAPSED:
        return Eta()
    remaining = elapsed * (1000 - permille) // gained
    margin = int(remaining * _SPREAD * (1 - permille / 2000))
    at = job.last_progress_at + remaining
    return Eta(at=at, low=at - margin, high=at + margin, basis="rate", n=1)


def _kept(job: Job, began: int) -> int:
    """Tenths of a percent that the attempt began with."""
    steps = job.steps.values()
    kept = [step for step in steps if step.settled and step.finished_at is not None and step.finished_at < began]
    if job.mode is Mode.RANGES:
        return int(max((step.high for step in kept), default=0.0) * 10)
    return int(1000 * sum(step.weight for step in kept) / sum(step.weight for step in steps)) if kept else 0
