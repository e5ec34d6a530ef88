"""Whether a job's stored state is what its history tells, and the state to put in its place if it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headway.core.changes import Event, evolve
from headway.core.job import Job, Step
from headway.core.record import changed
from headway.stores.protocol import Store

PAGE = 1_000

# What ticks may have moved since the last event; the next event will carry it.
_TICKS = {"message", "current", "total", "unit", "permille", "last_progress_at", "version", "updated_at"}
_OWN = {"facts", "steps"}  # facts are no part of the history; steps are compared one by one
_MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One job's drift. `fields`: name to (stored, told by the history). `told` is None where the history is broken."""

    job_id: str
    events: int
    fields: dict[str, tuple[Any, Any]]
    told: Job | None = None


class Audit:
    """Reads jobs and their histories page by page, whatever their length."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.events = 0

    def look(self, job_id: str) -> Finding | None:
        """The drift of one job; None if there is none, or no such job any more.

        The state is read first and its history up to it afterwards: history only grows, so both belong together.
        """
        stored = self._store.load(job_id)
        if stored is None:
            return None
        told, count, broken = self._folded(stored)
        self.events += count
        if broken is not None:
            return Finding(job_id=job_id, events=count, fields={"history": broken})
        if not (fields := differences(stored, told)):
            return None
        # The next version: whoever holds the drifted state must notice that it is no longer the newest.
        mended = changed(told, {"version": max(stored.version, told.version) + 1, "updated_at": stored.updated_at})
        return Finding(job_id=job_id, events=count, fields=fields, told=mended)

    def _folded(self, stored: Job) -> tuple[Job, int, tuple[Any, Any] | None]:
        told, count = Job(facts=stored.facts), 0
        for event in self._history(stored.id, stored.seq):
            if event.seq != count + 1:
                return told, count, (f"entry {event.seq}", f"entry {count + 1}")
            told, count = evolve(told, event), count + 1
        if count == 0:
            return told, count, ("no entry", "entry 1")
        return told, count, None

    def _history(self, job_id: str, last: int) -> Iterator[Event]:
        after = 0
        while after < last:
            page = self._store.history(job_id, after=after, limit=min(PAGE, last - after))
            if not page:
                return
            yield from page
            after = page[-1].seq


def differences(stored: Job, told: Job) -> dict[str, tuple[Any, Any]]:
    """Fields that differ though no tick since the last event can explain it."""
    moved = _TICKS if stored.version > stored.event_version else {"updated_at"}
    fields = _compared(stored, told, _OWN | moved)
    for name in {**told.steps, **stored.steps}:
        fields |= _step_differences(name, stored.steps.get(name), told.steps.get(name), stored.event_version)
    return fields


def _step_differences(
    name: str, stored: Step | None, told: Step | None, event_version: int
) -> dict[str, tuple[Any, Any]]:
    if stored is None or told is None:
        return {f"steps.{name}": (_MISSING if stored is None else "present", _MISSING if told is None else "present")}
    moved = _TICKS if stored.version > event_version else set()
    return {f"steps.{name}.{field}": pair for field, pair in _compared(stored, told, moved).items()}


def _compared(stored: Job | Step, told: Job | Step, without: set[str]) -> dict[str, tuple[Any, Any]]:
    ours, theirs = vars(stored), vars(told)
    return {name: (ours[name], theirs[name]) for name in ours if name not in without and ours[name] != theirs[name]}
