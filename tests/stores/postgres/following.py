"""Owns the reader that tests let follow a store: it keeps what it was told, and how far it has read."""

from __future__ import annotations

from headway.core.changes import Event
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import StoredEvent
from headway.stores.reach import Reach
from tests.stores.lives import NOTHING


class Follower:
    """Reads what it has not read yet, in pages, from the reach of the last one."""

    def __init__(self, store: PostgresStore, *, since: Reach = NOTHING, limit: int = 1000) -> None:
        self.reach = since
        self.told: list[StoredEvent] = []
        self.versions: dict[str, int] = {}
        self._store = store
        self._limit = limit

    def read(self) -> list[tuple[str, int]]:
        """What is new: (job, seq) of each event."""
        new: list[StoredEvent] = []
        more = True
        while more:
            delta = self._store.delta(self.reach, limit=self._limit)
            assert delta.reach.includes(self.reach)
            new += delta.events
            for at, job in delta.jobs:
                assert job.version >= self.versions.get(job.id, 0), "a state went backwards"
                self.versions[job.id] = job.version
                assert delta.more or delta.reach.covers(at)
            self.reach, more = delta.reach, delta.more
        self.told += new
        return [(stored.job_id, stored.event.seq) for stored in new]

    def history(self, job_id: str) -> list[Event]:
        """What it was told of one job, in the order in which it was told."""
        return [stored.event for stored in self.told if stored.job_id == job_id]
