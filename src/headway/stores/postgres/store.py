"""The store in a PostgreSQL database: what the protocol asks, on the connections of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo

from headway.core.changes import Event
from headway.core.errors import UnknownJob
from headway.core.job import Job
from headway.stores import codec, listing
from headway.stores.postgres.address import Address
from headway.stores.postgres.columns import Ints, Texts
from headway.stores.postgres.connections import Connection, Connections
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.greeting import greet
from headway.stores.postgres.guests import insert_in
from headway.stores.postgres.moment import Moment, wanted
from headway.stores.postgres.reading import at_one_moment, horizon, read_delta, read_snapshot
from headway.stores.postgres.repairing import replace
from headway.stores.postgres.rows import clamp, holding, load, rows, stored_event, value
from headway.stores.postgres.writing import Writer
from headway.stores.protocol import (
    BatchMark,
    Children,
    Commit,
    Delta,
    Filter,
    Holding,
    Horizon,
    JobQuery,
    Lease,
    Watcher,
)
from headway.stores.reach import Reach
from headway.stores.wakeups.bus import Bus
from headway.stores.wakeups.listener import watch
from headway.stores.wakeups.notifier import Notifier
from headway.stores.wakeups.postgres import PostgresBus

_PAGE: Final = 500  # ids read at once
_T = TypeVar("_T")


class PostgresStore:
    """Jobs in one PostgreSQL database, shared by any number of processes and machines."""

    near = False

    def __init__(self, url: str, *, busy_s: float = 5.0, bus: Bus | Literal["own"] | None = "own") -> None:
        """Connects and checks the schema. `busy_s`: how long a write waits for others, and for a silent network.

        `bus`: what carries hints to watchers; the database's own notifications, another, or None.
        """
        self.address = Address(url)
        faults = Faults(self.address)
        self._writer = Writer()
        self._connections = Connections(
            self.address.conninfo, faults, busy_s=busy_s, greet=lambda db: greet(db, faults)
        )
        self._connections.run(lambda db: None)
        self._bus = PostgresBus(make_conninfo(**self.address.conninfo)) if bus == "own" else bus
        self._notifier = Notifier(self._bus)

    @property
    def url(self) -> str:
        return self.address.url

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        if not commits:
            return []
        positions = self._connections.run(lambda db: self._writer.write(db, commits))
        self._notifier.notify()
        return positions

    def create_in(self, connection: object, commit: Commit) -> bool:
        try:
            return insert_in(connection, commit)
        except psycopg.Error as error:
            raise self._connections.faults.named(error) from error

    def load(self, job_id: str) -> Job | None:
        return self._read(lambda db: load(db, job_id))

    def load_many(self, job_ids: Iterable[str]) -> list[Job]:
        ids = list(job_ids)
        return self._read(lambda db: listing.of_ids(Moment(db), ids))

    def find_external(self, tenant: str | None, kind: str, external_id: str) -> str | None:
        params = {"tenant": tenant, "kind": kind, "external_id": external_id}
        found: str | None = self._read(lambda db: value(db, "find_external", params))
        return found

    def ids_like(self, beginning: str, *, limit: int = 10) -> list[str]:
        params = {"beginning": beginning, "limit": limit}
        return [row[0] for row in self._read(lambda db: rows(db, "list_ids_like", params))]

    def last_batch(self, job_id: str, attempt: int, producer: str) -> int:
        params = {"id": job_id, "attempt": clamp(attempt), "producer": producer}
        return self._read(lambda db: value(db, "find_last_batch", params)) or 0

    def producers(self, job_ids: Sequence[str]) -> dict[str, list[BatchMark]]:
        return codec.by_job(self._read(lambda db: rows(db, "list_producers", {"ids": wanted(job_ids)})))

    def version(self, job_id: str) -> int | None:
        found: int | None = self._read(lambda db: value(db, "read_version", {"id": job_id}))
        return found

    def versions(self, job_ids: Sequence[str]) -> dict[str, int]:
        return self._read(lambda db: dict(rows(db, "list_versions", {"ids": wanted(job_ids)})))

    def freshness(self) -> int:
        """Of the database's own snapshot: it changes when any transaction that wrote anything ends."""
        return hash(self._read(lambda db: value(db, "read_freshness")))

    def jobs(self, query: JobQuery) -> list[Job]:
        return self._at_one_moment(lambda db: listing.listed(Moment(db), query))

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        params = {"id": job_id, "after": clamp(after), "until": clamp(after + limit)}
        return [codec.to_event(row) for row in self._read(lambda db: rows(db, "read_history", params))]

    def horizon(self) -> Horizon:
        return self._read(horizon)

    def checkpoint(self, position: int) -> str:
        newest = self._read(lambda db: rows(db, "read_checkpoint", {"position": clamp(position)}))
        return codec.checkpoint_of(stored_event(*newest[0])) if newest else codec.NO_CHECKPOINT

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        return self._at_one_moment(lambda db: read_delta(db, after, limit), long=False)

    def snapshot(self, filter: Filter, *, finished: int = 20) -> tuple[Horizon, list[Job]]:
        return self._at_one_moment(lambda db: read_snapshot(db, filter, finished))

    def children(self, after: int) -> list[Children]:
        found = self._read(lambda db: rows(db, "list_children", {"after": clamp(after)}), long=True)
        return [Children(*row) for row in found]

    def beat(self, leases: Sequence[Lease]) -> None:
        params = {
            "ids": Texts(lease.id for lease in leases),
            "ttls": Ints(lease.ttl_ms for lease in leases),
            "owners": Texts(lease.owner for lease in leases),
        }
        self._connections.run(lambda db: rows(db, "beat_leases", params))

    def release(self, lease_id: str) -> None:
        self._connections.run(lambda db: rows(db, "release_lease", {"id": lease_id}))

    def holdings(self) -> list[Holding]:
        return [holding(*row) for row in self._read(lambda db: rows(db, "list_holdings"), long=True)]

    def owners(self) -> list[str]:
        """Host and process id of every process with a lease, for people."""
        return [row[0] for row in self._read(lambda db: rows(db, "list_owners"))]

    def watch(self) -> Watcher:
        return watch(self._bus, self._notifier)

    def job_ids(self) -> Iterator[str]:
        last = 0
        while page := self._ids_after(last):
            yield from (job_id for _, job_id in page)
            last = page[-1][0]

    def repair(self, job: Job) -> bool:
        repaired = self._connections.run(lambda db: replace(db, job))
        if not repaired and self.version(job.id) is None:
            raise UnknownJob(job.id)
        self._notifier.notify()
        return repaired

    def close(self) -> None:
        self._notifier.close()
        self._connections.close()

    def _ids_after(self, key: int) -> list[tuple[int, str]]:
        params = {"after": key, "limit": _PAGE}
        return self._read(lambda db: rows(db, "list_ids", params))

    def _at_one_moment(self, question: Callable[[Connection], _T], *, long: bool = True) -> _T:
        def ask(db: Connection) -> _T:
            with at_one_moment(db):
                return question(db)

        return self._read(ask, long=long)

    def _read(self, question: Callable[[Connection], _T], *, long: bool = False) -> _T:
        """Asks; again when the connection turned out to be broken, for asking changes nothing."""
        return self._connections.run(question, again=True, long=long)
