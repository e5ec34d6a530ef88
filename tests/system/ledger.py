"""Owns what one client was told, and what is wrong with it: the judge of order, gaps and repeats."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from typing import Any

from headway.core.changes import Event
from headway.core.job import Job
from tests.board import Board


class Ledger:
    """Every (job, seq) as it came over however many connections; `board` is what the client shows."""

    def __init__(self) -> None:
        self.board = Board()
        self.told: dict[str, list[int]] = {}
        self.first: dict[str, int] = {}  # the seq that a job's first snapshot includes
        self.synced = False
        self.repeated = 0  # the same (job, seq) again after coming back: allowed, and shown once
        self.doubled: list[tuple[str, int]] = []  # twice on one connection
        self.out_of_order: list[tuple[str, int]] = []
        self.late_s = 0.0  # the longest that an event took from its decision to here
        self.silence_s = 0.0  # the longest time without any event
        self._heard_at: float | None = None
        self._connection: set[tuple[str, int]] = set()
        self._known: set[tuple[str, int]] = set()

    @property
    def resets(self) -> Counter[str]:
        return Counter(self.board.resets)

    def connected(self) -> None:
        """A new connection: what it repeats is no fault."""
        self._connection.clear()

    def take(self, event: str, data: Any) -> None:
        """One message of a stream, which the board knows already."""
        if event == "event":
            self._event(data["job_id"], data["seq"])
            self._time(data["recorded_at"])
        elif event == "snapshot":
            self.first.setdefault(data["id"], data["seq"])
        elif event == "synced":
            self.synced = True

    def missing(self, job_id: str, events: list[Event]) -> list[int]:
        """Which events of the store were neither told nor part of the first snapshot."""
        known = set(self.told.get(job_id, ()))
        first = self.first.get(job_id, 0)
        return [event.seq for event in events if event.seq not in known and event.seq > first]

    def behind(self, jobs: list[Job]) -> list[str]:
        """The jobs of which the client shows something else than the store has."""
        return [job.id for job in jobs if self.board.lacks(job)]

    def _event(self, job_id: str, seq: int) -> None:
        key = (job_id, seq)
        if key in self._connection:
            self.doubled.append(key)
        self._connection.add(key)
        if key in self._known:
            self.repeated += 1
            return
        self._known.add(key)
        seqs = self.told.setdefault(job_id, [])
        if seqs and seq != seqs[-1] + 1:
            self.out_of_order.append(key)
        seqs.append(seq)

    def _time(self, recorded_at: str) -> None:
        now, seen_at = time.time(), time.monotonic()
        self.late_s = max(self.late_s, now - _seconds(recorded_at))
        if self._heard_at is not None:
            self.silence_s = max(self.silence_s, seen_at - self._heard_at)
        self._heard_at = seen_at


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
