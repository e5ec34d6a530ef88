"""What a subscriber is told: the same names and values as a stream's, each as `{"event": name, "data": values}`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

Change = dict[str, Any]
"""`{"event": "snapshot" | "event" | "state" | "synced" | "reset" | "end", "data": {…}}`, in the names of the wire."""

Tell = Callable[[Change], None]

logger = logging.getLogger("headway")


class Ended(Exception):
    """There is nothing more to tell, or nobody to tell it to: ends the thread that would go on."""


def changed(event: str, data: dict[str, Any]) -> Change:
    """A snapshot, an event or a state."""
    return {"event": str(event), "data": data}


def synced() -> Change:
    """All that was there has been told; what follows is live."""
    return {"event": "synced", "data": {}}


def reset(reason: str) -> Change:
    """Continuity cannot be proven: forget what was told, snapshots follow."""
    return {"event": "reset", "data": {"reason": str(reason)}}


def over(job_id: str, status: str) -> Change:
    """The one job that was watched has ended, and everything about it was told."""
    return {"event": "end", "data": {"job_id": job_id, "status": str(status)}}
