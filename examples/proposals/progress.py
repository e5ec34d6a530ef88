"""Owns a job's progress in the words of this application's own contract: stage, current, total, message, timestamp."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    Wire = dict[str, Any]

COMPLETE, ERROR = "complete", "error"
WAITS = "waiting for its turn"
STOPPED = "stopped because somebody asked for it"
_ENDED = {"succeeded": COMPLETE, "failed": ERROR, "cancelled": ERROR}


class InvalidProgress(ValueError):
    """A progress that cannot be taken. `field` names what is wrong, `reason` why, `advice` what to do about it."""

    def __init__(self, field: str, reason: str, advice: str) -> None:
        super().__init__(f"{field} {reason}; {advice}")
        self.field, self.reason, self.advice = field, reason, advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is told of a job. `current` and `total`: the number of the stage, and how many there are.

    None leaves it to the plan, which knows both. `done` of `of`: how far it is inside the stage.
    """

    stage: str
    message: str | None = None
    current: int | None = None
    total: int | None = None
    done: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressUpdate:
    """What everybody is shown of a job. `timestamp`: milliseconds since 1970."""

    stage: str
    current: int
    total: int
    message: str
    timestamp: int


def checked(progress: Progress, stages: Sequence[str]) -> Progress:
    """The same, if it fits the stages of its job. Raises `InvalidProgress`."""
    if progress.stage not in stages:
        said = repr(progress.stage)[:80]
        raise InvalidProgress("stage", f"{said} is not a stage of this job", f"use one of {', '.join(stages)}")
    _counted("current", progress.current, "total", progress.total)
    _counted("done", progress.done, "of", progress.of)
    number, whole = stages.index(progress.stage) + 1, len(stages)
    if progress.total not in (None, whole):
        raise InvalidProgress(
            "total",
            f"is {progress.total}, and this job has {whole} stages",
            "leave it out, or say as many as there are",
        )
    if progress.current not in (None, number, number - 1):
        reason = f"is {progress.current}, and {progress.stage!r} is stage {number} of {whole}"
        raise InvalidProgress("current", reason, "leave it out, or say the number of the stage")
    return progress


def progress_of(job: Wire) -> ProgressUpdate:
    """A job as it is shown: the stage that it is in, or how it ended."""
    return ProgressUpdate(
        stage=_stage(job),
        current=_number(job),
        total=len(job["steps"]),
        message=_message(job),
        timestamp=milliseconds(job["updated_at"]),
    )


def update_of(job: Wire) -> Wire:
    """The one message of the project's stream."""
    return {"type": "progress_update", "jobId": job["id"], "progress": asdict(progress_of(job))}


def columns(job: Wire) -> Wire:
    """A job as a row of the five columns that its progress has."""
    shown = progress_of(job)
    return {
        "progress_stage": shown.stage,
        "progress_current": shown.current,
        "progress_total": shown.total,
        "progress_message": shown.message,
        "progress_updated_at": job["updated_at"],
    }


def stages_of(job: Wire) -> list[str]:
    """The stages that were declared for a job, whatever its kind."""
    return [step["name"] for step in job["steps"]]


def ended(job: Wire) -> bool:
    return job["status"] in _ENDED


def milliseconds(moment: str) -> int:
    """A time of the wire as a page's clock counts."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def _stage(job: Wire) -> str:
    names = stages_of(job)
    return _ENDED.get(job["status"]) or (names[max(0, _number(job) - 1)] if names else job["status"])


def _number(job: Wire) -> int:
    """Of the stage that it is in, counted from 1; 0 before the first, and of all of them when it is complete."""
    if job["status"] == "succeeded":
        return len(job["steps"])
    running = next((step for step in job["steps"] if step["name"] == job["step"]), None)
    # What failed has no step any more: the furthest that began in this attempt is where it was.
    begun = [step for step in job["steps"] if step["started_at"] is not None]
    shown = running or (begun[-1] if begun else None)
    if shown is None:
        return 0
    # It is not shown as complete before it is: its result may still have to be written.
    position = int(shown["position"])
    return position - 1 if shown["name"] == COMPLETE else position


def _message(job: Wire) -> str:
    if job["status"] == "failed":
        return str(job["error"])
    if job["status"] == "cancelled":
        return STOPPED
    return str(job["message"] or (WAITS if job["status"] == "pending" else ""))


def _counted(low: str, current: int | None, high: str, total: int | None) -> None:
    for field, value in ((high, total), (low, current)):
        if value is not None and (type(value) is not int or value < 0):
            raise InvalidProgress(field, f"is {value!r:.40}", "count in whole numbers from 0")
    if current is not None and total is not None and current > total:
        raise InvalidProgress(low, f"is {current}, more than the {high} {total}", f"count up to {high} and no further")
