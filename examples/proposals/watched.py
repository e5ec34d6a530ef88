"""Owns what is shown of jobs beside their stream: a plain read, what past ones teach, health, and the debug view."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import headway
from examples.proposals import plan
from examples.proposals.history import PAST, analytics, estimate
from examples.proposals.progress import columns, ended, milliseconds, progress_of
from examples.proposals.tracker import FAILED_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examples.proposals.room import Room

    Wire = dict[str, Any]

ENDED = ("succeeded", "failed", "cancelled")
GRACE_S = 5.0


def shown(job: Wire, past: Sequence[Wire]) -> Wire:
    """The plain read of one job: the progress that the stream tells, and what belongs to it."""
    return {
        "jobId": job["id"],
        "projectId": job["project"],
        "kind": job["kind"],
        "status": job["status"],
        "attempt": job["attempt"],
        "percent": job["progress"]["percent"],
        "progress": asdict(progress_of(job)),
        "eta": estimate(job, past),
        "result": job["result"],
    }


def past(room: Room, project: str) -> list[Wire]:
    """The newest ended jobs of a project; none while the store is away."""
    try:
        return room.reporter.jobs(kind=plan.KINDS, project=project, status=ENDED, limit=PAST)
    except headway.StoreUnavailable:
        return []


def analytics_of(room: Room, project: str) -> Wire:
    """Counts and medians. Raises `StoreUnavailable`: what memory has would be another answer."""
    return analytics(room.reporter.jobs(kind=plan.KINDS, project=project, status=ENDED, limit=PAST))


def health(room: Room) -> dict[str, str]:
    """Each part is `ok`, or says in a sentence what is wrong with it."""
    return {"store": _store(room), "stream": _stream(room), "cleanup": _cleanup(room.tracker.cached())}


def debug(room: Room, project: str, jobs: Iterable[Wire], clients: int) -> Wire:
    """What the tracker knows: each job as a row, and whether it is in memory."""
    rows = [
        {
            "id": job["id"],
            "kind": job["kind"],
            "status": job["status"],
            **columns(job),
            "cached": job["id"] in room.tracker,
        }
        for job in jobs
    ]
    cached = sum(1 for job in room.tracker.cached() if job["project"] == project)
    return {"project": project, "jobs": rows, "cached": cached, "clients": clients, "parts": health(room)}


def _store(room: Room) -> str:
    try:
        room.reporter.jobs(kind=plan.KINDS, limit=1)
    except headway.StoreUnavailable as error:
        return str(error)
    waits = room.reporter.outbox.outage.lasting
    return "it takes no reports just now; they wait here and are written later" if waits else "ok"


def _stream(room: Room) -> str:
    return "nobody follows the store any more; start this server again" if room.ends.closed else "ok"


def _cleanup(cached: Iterable[Wire]) -> str:
    """Whether what has ended leaves the memory in its time."""
    due = (time.time() - FAILED_S - GRACE_S) * 1000
    late = sum(1 for job in cached if ended(job) and milliseconds(job["finished_at"]) < due)
    return f"{late} ended jobs are still in memory" if late else "ok"
