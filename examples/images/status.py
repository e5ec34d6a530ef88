"""Owns the status answer: a Headway job in the words of this application's own contract."""

from __future__ import annotations

from typing import Any

from examples.images import plan

_STATUS = {
    "pending": "pending",
    "running": "processing",
    "waiting": "processing",
    "succeeded": "completed",
    "failed": "failed",
    "cancelled": "failed",
}
_ENDS = {"completed": plan.COMPLETE, "failed": plan.FAILED}
STOPPED = "This picture was stopped before it was ready."


def status_of(job: dict[str, Any]) -> dict[str, Any]:
    """The body of a poll. A failed job keeps the percent that it had; a result has an id only when it is there."""
    status = _STATUS[job["status"]]
    body = {
        "success": True,
        "status": status,
        "stage": _ENDS.get(status) or job["last_step"],
        "progress": int(job["progress"]["percent"] or 0),
        "resultId": job["result"]["id"] if status == "completed" else None,
        "updatedAt": job["updated_at"],
    }
    if status == "failed":
        body["errorMessage"] = job["error"] or STOPPED
    return body
