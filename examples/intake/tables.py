"""Owns what a file's job says in this application's words: its step table, its overall status, its counts, its log.

Pure functions of the job and its history as Headway tells them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from examples.intake import plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    Wire = dict[str, Any]

PENDING, IN_PROGRESS, SUCCESS, FAILURE, SKIPPED = "pending", "in_progress", "success", "failure", "skipped"
STATUSES = (PENDING, IN_PROGRESS, SUCCESS, FAILURE, SKIPPED)
SETTLED = (SUCCESS, FAILURE, SKIPPED)
QUEUED = "queued"

WORDS = {"pending": PENDING, "running": IN_PROGRESS, "succeeded": SUCCESS, "failed": FAILURE, "skipped": SKIPPED}
_EVENTS = {
    "step_started": IN_PROGRESS,
    "step_succeeded": SUCCESS,
    "step_failed": FAILURE,
    "step_skipped": SKIPPED,
}


def steps_of(job: Wire) -> dict[str, Wire]:
    """The step table: one row per step, in order, with the times as `datetime`."""
    return {step["name"]: _row(step) for step in job["steps"]}


def overall_of(job: Wire) -> Wire:
    """`pending`, `processing`, `completed` or `failed`, with the counts that it comes from.

    It is `processing` as long as anything goes on, also beside a failure, which `has_errors` tells at once.
    """
    counts = Counter(WORDS[step["status"]] for step in job["steps"])
    return {
        "status": _overall(job, counts),
        "has_errors": bool(counts[FAILURE]),
        "total_steps": counts.total(),
        "completed_steps": counts[SUCCESS],
        "failed_steps": counts[FAILURE],
        "in_progress_steps": counts[IN_PROGRESS],
        "skipped_steps": counts[SKIPPED],
        "pending_steps": counts[PENDING],
    }


def summary_of(job: Wire) -> dict[str, Counter[str]]:
    """How many main steps and how many uploads stand where. What is not there counts 0, as in any Counter."""
    statuses = {step["name"]: WORDS[step["status"]] for step in job["steps"]}
    main = [status for name, status in statuses.items() if plan.group_of(name) == plan.MAIN]
    destinations = dict.fromkeys(filter(None, map(plan.destination_of, statuses)))
    return {"main": Counter(main), "uploads": Counter(_upload(statuses, each) for each in destinations)}


def log_of(file_id: str | int, history: Iterable[Wire]) -> list[Wire]:
    """The audit log: every event in order. `status` is that of its step; an event that has no step has none."""
    return [
        {
            "id": event["seq"],
            "file_id": file_id,
            "task_id": event["job_id"],
            "step_name": event["step"],
            "status": _EVENTS.get(event["type"]),
            "event": event["type"],
            "message": event["message"],
            "detail": event["detail"],
            "attempt": event["attempt"],
            "timestamp": datetime.fromisoformat(event["at"]),
        }
        for event in history
    ]


def settled(job: Wire) -> bool:
    """Whether every step has ended."""
    return all(WORDS[step["status"]] in SETTLED for step in job["steps"])


def _row(step: Wire) -> Wire:
    return {
        "status": WORDS[step["status"]],
        "started_at": _moment(step["started_at"]),
        "completed_at": _moment(step["finished_at"]),
        "error_message": step["error"],
        "message": step["message"],
        "attempt": step["attempt"],
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _overall(job: Wire, counts: Counter[str]) -> str:
    if job["status"] in ("failed", "cancelled"):
        return "failed"
    if job["status"] == "succeeded":
        return "completed"
    if counts[PENDING] == counts.total():
        return "pending"
    if counts[IN_PROGRESS]:
        return "processing"
    if not counts[PENDING]:
        return "failed" if counts[FAILURE] else "completed"
    # What comes after a failed main step has nothing to begin with; an upload's failure stops no other.
    stuck = any(step["status"] == "failed" and plan.group_of(step["name"]) == plan.MAIN for step in job["steps"])
    return "failed" if stuck else "processing"


def _upload(statuses: dict[str, str], destination: str) -> str:
    queue = statuses.get(plan.queue_step(destination), PENDING)
    upload = statuses.get(plan.upload_step(destination), PENDING)
    if upload != PENDING:
        return upload
    if queue == SUCCESS:
        return QUEUED
    return queue if queue in (FAILURE, SKIPPED) else PENDING
