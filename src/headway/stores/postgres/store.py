"""The store in a PostgreSQL database: what the protocol asks, on the connections of this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from headway.core.changes import Event
from headway.core.job import Job
from headway.stores import codec
from headway.stores.postgres.address import Address
from headway.stores.postgres.columns import Texts
from headway.stores.postgres.connections import Connection, Connections
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.greeting import greet
from headway.stores.postgres.reading import at_one_moment, horizon, read_delta
from headway.stores.postgres.rows import load, rows, stored_event, value
from headway.stores.postgres.writing import Writer
from headway.stores.protocol import (
    Commit,
    Delta,
    Horizon,
)
from headway.stores.reach import Reach

_PAGE: Final = 500  # ids read at once
_T = TypeVar("_T")


class PostgresStore:
    """Jobs in one PostgreSQL database, shared by any number of processes and machines."""

    near = False

    def __init__(self, url: str, *, busy_s: float = 5.0) -> None:
        """Connects and checks the schema. `busy_s`: how long a write waits for others, and for a silent network."""
        self.address = Address(url)
        faults = Faults(self.address)
        self._writer = Writer()
        self._connections = Connections(
            self.address.conninfo, faults, busy_s=busy_s, greet=lambda db: greet(db, faults)
        )
        self._connections.run(lambda db: None)

    @property
    def url(self) -> str:
        return self.address.url

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        return self._connections.run(lambda db: self._writer.write(db, commits, durable=durable))

    def load(self, job_id: str) -> Job | None:
        return self._read(lambda db: load(db, job_id))

    def version(self, job_id: str) -> int | None:
        found: int | None = self._read(lambda db: value(db, "read_version", {"id": job_id}))
        return found

    def versions(self, job_ids: Sequence[str]) -> dict[str, int]:
        return self._read(lambda db: dict(rows(db, "list_versions", {"ids": Texts(job_ids)})))

    def last_batch(self, job_id: str, attempt: int, producer: str) -> int:
        params = {"id": job_id, "attempt": attempt, "producer": producer}
        return self._read(lambda db: value(db, "find_last_batch", params)) or 0

    def find_external(self, tenant: str | None, kind: str, external_id: str) -> str | None:
        params = {"tenant": tenant, "kind": kind, "external_id": external_id}
        found: str | None = self._read(lambda db: value(db, "find_external", params))
        return found

    def freshness(self) -> int:
        """Of the database's own snapshot: it changes when any transaction that wrote anything ends."""
        return hash(self._read(lambda db: value(db, "read_freshness")))

    def horizon(self) -> Horizon:
        return self._read(horizon)

    def checkpoint(self, position: int) -> str:
        newest = self._read(lambda db: rows(db, "read_checkpoint", {"position": position}))
        return codec.checkpoint_of(stored_event(*newest[0])) if newest else codec.NO_CHECKPOINT

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        def read(db: Connection) -> Delta:
            with at_one_moment(db):
                return read_delta(db, after, limit)

        return self._read(read)

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        params = {"id": job_id, "after": after, "limit": limit}
        return [codec.to_event(row) for row in self._read(lambda db: rows(db, "read_history", params))]

    def close(self) -> None:
        self._connections.close()

    def _read(self, question: Callable[[Connection], _T]) -> _T:
        """Asks; again when the connection turned out to be broken, for asking changes nothing."""
        return self._connections.run(question, again=True)
