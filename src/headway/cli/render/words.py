"""What is said about a job in words: its status, how long, when it ends, and what one can do."""

from __future__ import annotations

from typing import Any

from headway.cli.render import ages
from headway.cli.render.bars import STYLES, Glyphs

Wire = dict[str, Any]
TERMINAL = ("succeeded", "failed", "cancelled")
ID_SHOWN = 13  # of a version 7 id: the time of its birth to the millisecond


def status(job: Wire) -> str:
    """`running`, `waiting (retry)`, `failed (lost)`, and `lost` for one that nobody works on."""
    if job["health"] == "lost" and job["status"] == "running":
        return "lost"
    told = job["reason"] if job["reason"] != "error" else None
    return f"{job['status']} ({told})" if told else str(job["status"])


def style(job: Wire) -> str:
    """The colour of a job's status."""
    if job["status"] == "running" and job["health"] != "ok":
        return STYLES.get(job["health"], "yellow")
    return STYLES.get(job["status"], "")


def short_id(job: Wire) -> str:
    return str(job["id"])[:ID_SHOWN]


def subject(job: Wire, glyphs: Glyphs) -> str:
    """What the job is about: project and subject."""
    return glyphs.between.join(part for part in (job["project"], job["subject"]) if part)


def elapsed(job: Wire, now: int) -> int | None:
    """Microseconds from the first start to the end or to now; None before it started."""
    started = ages.at(job["started_at"])
    return None if started is None else (ages.at(job["finished_at"]) or now) - started


def ending(job: Wire, now: int, glyphs: Glyphs) -> str | None:
    """`about 3m 10s left, until 14:32 (14:30–14:35)`; None while nobody can know."""
    eta = job["eta"] or {}
    due = ages.at(eta.get("at"))
    if due is None or not _moves(job):
        return None
    left = f"about {ages.about(due - now)} left" if due > now else "any moment now"
    low, high = ages.at(eta["low"]), ages.at(eta["high"])
    if due <= now or low is None or high is None:
        return left
    first, until, last = (ages.clock(moment, now, seconds=ages.near(due, now)) for moment in (low, due, high))
    between = f" ({first}{glyphs.dash}{last})" if first != last else ""
    return f"{left}, until {until}{between}"


def ending_short(job: Wire, now: int) -> str:
    """`3m` for a column; nothing while nobody can know."""
    due = ages.at((job["eta"] or {}).get("at"))
    return "" if due is None or not _moves(job) else ages.short(max(0, due - now))


def advice(job: Wire, now: int) -> list[str]:
    """What stands in the way of a job's end, and what to do about it."""
    told = []
    if job["health"] == "lost" and job["status"] == "running":
        told.append("no worker is heard of any more; restart it, or cancel the job")
    if job["health"] in ("stalled", "slow") and job["status"] == "running":
        told.append(f"{job['health']}: its worker lives, but this step is slower than usual")
    if job["status"] == "waiting":
        told.append(_waits(job, now))
    if job["cancel_requested_at"] and job["status"] not in TERMINAL:
        asked = ages.ago(ages.at(job["cancel_requested_at"]) or now, now)
        told.append(f"asked to stop {asked}; its worker has not answered yet")
    if job["status"] == "pending" and not job["cancel_requested_at"]:
        told.append("no worker has started it yet")
    return told


def _moves(job: Wire) -> bool:
    """Whether its pace says anything about its end."""
    return bool(job["status"] == "running" and job["health"] != "lost")


def _waits(job: Wire, now: int) -> str:
    for_what = {
        "retry": "for the next attempt",
        "child": "for other jobs",
        "input": "for somebody's answer",
        "schedule": "for its time",
    }
    said = f"waits {for_what.get(job['reason'], '')}".rstrip()
    due = ages.at(job.get("due_at"))
    if due is None:
        return said
    when = f"in {ages.span(due - now)}" if due > now else "now"
    return f"{said}, due {when} ({ages.clock(due, now, seconds=ages.near(due, now))})"
