"""The jobs that a mirror holds: the newest state of each, until some time after its end."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from headway.core.job import TERMINAL, Job, Status
from headway.core.wire import job_wire
from headway.stores.forks import renewed_in_children


@dataclass(slots=True)
class _Kept:
    """A job. `leaves_at`: when it may go; None while it lives."""

    version: int
    leaves_at: float | None
    job: Job | None
    wire: dict[str, Any] | None


class Shelf:
    """Bounded: where there are too many, the one that changed longest ago leaves first."""

    def __init__(self, *, finished_s: float, failed_s: float, jobs_max: int, monotonic: Callable[[], float]) -> None:
        self._stay_s = {Status.FAILED: failed_s}
        self._finished_s = finished_s
        self._jobs_max = jobs_max
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._leaving: dict[str, float] = {}
        self._next = math.inf  # when the first of them leaves
        self.inherited = False  # by a forked child, where nothing follows the store
        renewed_in_children(self)

    def put(
        self, id: str, version: int, status: str, *, job: Job | None = None, wire: dict[str, Any] | None = None
    ) -> bool:
        """Keeps a state; False for one that is not newer than what is kept."""
        now = self._monotonic()
        with self._lock:
            self._sweep(now)
            known = self._kept.get(id)
            if known is not None and known.version >= version:
                return False
            ended = Status(status) if status in TERMINAL else None
            leaves_at = None if ended is None else now + self._stay_s.get(ended, self._finished_s)
            self._kept[id] = _Kept(version, leaves_at, job, wire)
            self._kept.move_to_end(id)
            self._leaving.pop(id, None)
            if leaves_at is not None:
                self._leaving[id] = leaves_at
                self._next = min(self._next, leaves_at)
            if len(self._kept) > self._jobs_max:
                gone, _ = self._kept.popitem(last=False)
                self._leaving.pop(gone, None)
            return True

    def job(self, id: str) -> Job | None:
        """The state itself, where the store is one of this process."""
        kept = self._found(id)
        return None if kept is None else kept.job

    def wire(self, id: str) -> dict[str, Any] | None:
        """The state as plain values; made once for each version."""
        kept = self._found(id)
        if kept is None:
            return None
        if kept.wire is None and kept.job is not None:
            kept.wire = job_wire(kept.job)
        return kept.wire

    def ids(self) -> list[str]:
        """All that are kept."""
        with self._lock:
            self._sweep(self._monotonic())
            return list(self._kept)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self._found(id) is not None

    def clear(self) -> None:
        """Forgets all of them."""
        with self._lock:
            self._kept.clear()
            self._leaving.clear()

    def after_fork_in_child(self) -> None:
        """Nobody keeps anything here any more; somebody may have held the lock."""
        self._lock = threading.Lock()
        self.inherited = True

    def _found(self, id: str) -> _Kept | None:
        """Without the lock, which is only needed where somebody leaves: a single look finds all of a state or none."""
        now = self._monotonic()
        if now >= self._next:
            with self._lock:
                self._sweep(now)
        return self._kept.get(id)

    def _sweep(self, now: float) -> None:
        """Lets go of those whose time is over; they are looked through only when the first of them may go."""
        if now < self._next:
            return
        for id in [id for id, leaves_at in self._leaving.items() if leaves_at <= now]:
            del self._leaving[id]
            del self._kept[id]
        self._next = min(self._leaving.values(), default=math.inf)
