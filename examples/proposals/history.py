"""Owns what past jobs teach: how many there were, how long each stage took, and when a job of today will end."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from examples.proposals import plan
from examples.proposals.progress import ended, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Wire = dict[str, Any]

PAST = 200
"""So many jobs back is looked: what was longer ago was another machine, or another work."""


def analytics(jobs: Iterable[Wire]) -> Wire:
    """By kind: counts of the ended jobs, the median of their durations and of those of each stage, in ms."""
    by_kind: dict[str, list[Wire]] = defaultdict(list)
    for job in jobs:
        if ended(job):
            by_kind[job["kind"]].append(job)
    return {kind: _of_kind(kind, by_kind[kind]) for kind in plan.KINDS}


def estimate(job: Wire, past: Sequence[Wire]) -> Wire | None:
    """When a job will end: `{at, basis, n}`, by past jobs of its kind, else by its own pace; None once it has ended."""
    if ended(job):
        return None
    like = [each for each in past if each["kind"] == job["kind"] and each["status"] == "succeeded"]
    medians = _medians(like)
    if job["status"] != "running" or not like or not medians:
        own = job["eta"] or {"at": None, "basis": "none", "n": 0}
        return {"at": own["at"], "basis": own["basis"], "n": own["n"]}
    left = sum(_left(step, medians.get(step["name"], 0.0)) for step in job["steps"])
    at = datetime.fromisoformat(job["updated_at"]).astimezone(UTC) + timedelta(milliseconds=left)
    return {"at": at.isoformat().replace("+00:00", "Z"), "basis": "history", "n": len(like)}


def _of_kind(kind: str, jobs: list[Wire]) -> Wire:
    good = [job for job in jobs if job["status"] == "succeeded"]
    medians = _medians(good)
    return {
        "complete": len(good),
        "failed": sum(1 for job in jobs if job["status"] == "failed"),
        "cancelled": sum(1 for job in jobs if job["status"] == "cancelled"),
        "medianMs": _rounded([spent for job in good if (spent := _spent(job)) is not None]),
        "stages": {stage: _rounded([medians[stage]]) if stage in medians else None for stage, *_ in plan.STEPS[kind]},
    }


def _medians(jobs: Iterable[Wire]) -> dict[str, float]:
    spent: dict[str, list[float]] = defaultdict(list)
    for job in jobs:
        for step in job["steps"]:
            if (took := _spent(step)) is not None:
                spent[step["name"]].append(took)
    return {stage: median(values) for stage, values in spent.items()}


def _spent(part: Wire) -> float | None:
    if part["started_at"] is None or part["finished_at"] is None:
        return None
    return max(0.0, milliseconds(part["finished_at"]) - milliseconds(part["started_at"]))


def _left(step: Wire, usual: float) -> float:
    """What a stage still needs: all that is usual of one to come, the rest of the present one, by what it has done."""
    if step["status"] == "pending":
        return usual
    return usual * (1 - (step["percent"] or 0) / 100) if step["status"] == "running" else 0.0


def _rounded(values: list[float]) -> int | None:
    return round(median(values)) if values else None
