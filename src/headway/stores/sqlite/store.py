"""The store in one SQLite file: what the protocol asks, on the connections of this process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from headway.core.changes import Event
from headway.core.errors import InvalidReport, UnknownJob
from headway.core.job import Job
from headway.stores import codec, listing
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
from headway.stores.reach import Reach, up_to
from headway.stores.sqlite.connections import Connections
from headway.stores.sqlite.delta import read_delta
from headway.stores.sqlite.file import WAL_PAGES, File
from headway.stores.sqlite.migrations import migrate
from headway.stores.sqlite.moment import Moment
from headway.stores.sqlite.rows import AT_ONCE, at_one_moment, holding, load, rows, stored_event, value
from headway.stores.sqlite.sharing import other_processes, shared_unsafely, warn
from headway.stores.sqlite.sheet import LostRace
from headway.stores.sqlite.statements import statements
from headway.stores.sqlite.watching import watch_file
from headway.stores.sqlite.writing import Writer


class SQLiteStore:
    """Jobs in one SQLite file (WAL), shared by any number of threads and processes of one machine."""

    near = True

    def __init__(
        self, path: Path, *, driver: ModuleType | None = None, busy_s: float = 5.0, wal_pages: int = WAL_PAGES
    ) -> None:
        """Opens or creates the file. `busy_s`: how long a write waits for the writes of others.

        `wal_pages`: how long the log grows before it is written back.
        """
        self.file = File(path, driver=driver, busy_s=busy_s, wal_pages=wal_pages)
        migrate(self.file)
        self._connections = Connections(self.file)
        self._writer = Writer()
        self._fresh = self._connections.probe()
        warn(self.url, self.risk())

    @property
    def url(self) -> str:
        return self.file.url

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        try:
            positions = self._connections.write(lambda db: self._writer.together(db, commits), durable=durable)
        except LostRace:
            self._writer.forget(commits)
            if len(commits) == 1:
                return [None]
            return self._connections.write(lambda db: self._writer.one_by_one(db, commits), durable=durable)
        except BaseException:
            self._writer.forget(commits)  # whether it was stored is not known
            raise
        self._writer.stored(commits)
        return positions

    def create_in(self, connection: object, commit: Commit) -> bool:
        raise InvalidReport("connection", "only a job in PostgreSQL can be created within a transaction of your own")

    def load(self, job_id: str) -> Job | None:
        with self._connections.reading() as db:
            return load(db, job_id)

    def load_many(self, job_ids: Iterable[str]) -> list[Job]:
        with self._connections.reading() as db:
            return listing.of_ids(Moment(db), job_ids)

    def find_external(self, tenant: str | None, kind: str, external_id: str) -> str | None:
        params = {"tenant": tenant, "kind": kind, "external_id": external_id}
        with self._connections.reading() as db:
            found: str | None = value(db, "find_external", params)
        return found

    def ids_like(self, beginning: str, *, limit: int = 10) -> list[str]:
        params = {"beginning": beginning, "limit": limit}
        with self._connections.reading() as db:
            return [row[0] for row in rows(db, "list_ids_like", params)]

    def last_batch(self, job_id: str, attempt: int, producer: str) -> int:
        with self._connections.reading() as db:
            return value(db, "find_last_batch", (job_id, attempt, producer)) or 0

    def producers(self, job_ids: Sequence[str]) -> dict[str, list[BatchMark]]:
        with self._connections.reading() as db:
            return codec.by_job(rows(db, "list_producers", (json.dumps(job_ids),)))

    def version(self, job_id: str) -> int | None:
        with self._connections.reading() as db:
            found: int | None = value(db, "read_version", (job_id,))
        return found

    def versions(self, job_ids: Sequence[str]) -> dict[str, int]:
        with self._connections.reading() as db:
            return dict(rows(db, "list_versions", (json.dumps(job_ids),)))

    def freshness(self) -> int:
        return self._fresh.version()

    def jobs(self, query: JobQuery) -> list[Job]:
        with self._connections.reading() as db:
            return listing.listed(Moment(db), query)

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        params = {"id": job_id, "after": after, "until": after + limit}
        with self._connections.reading() as db:
            found = rows(db, "read_history", params)
        return [codec.to_event(row) for row in found]

    def horizon(self) -> Horizon:
        with self._connections.reading() as db:
            return _horizon(db)

    def checkpoint(self, position: int) -> str:
        with self._connections.reading() as db:
            newest = rows(db, "read_checkpoint", (position,))
        return codec.checkpoint_of(stored_event(*newest[0])) if newest else codec.NO_CHECKPOINT

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        with self._connections.reading() as db, at_one_moment(db):
            return read_delta(db, after.position, limit)

    def snapshot(self, filter: Filter, *, finished: int = 20) -> tuple[Horizon, list[Job]]:
        with self._connections.reading() as db, at_one_moment(db):
            horizon = _horizon(db)
            moment = Moment(db)
            jobs = [*listing.live(moment, filter), *listing.finished(moment, filter, finished)]
        return horizon, sorted(jobs, key=lambda job: (job.facts.created_at, job.id))

    def children(self, after: int) -> list[Children]:
        with self._connections.reading() as db:
            return [Children(*row) for row in rows(db, "list_children", {"after": after})]

    def beat(self, leases: Sequence[Lease]) -> None:
        beats = [(lease.id, lease.ttl_ms, lease.owner) for lease in leases]
        self._connections.write(lambda db: db.executemany(statements()["beat_lease"], beats), durable=False)

    def release(self, lease_id: str) -> None:
        self._connections.write(lambda db: db.execute(statements()["release_lease"], (lease_id,)), durable=False)

    def holdings(self) -> list[Holding]:
        with self._connections.reading() as db:
            return [holding(*row) for row in rows(db, "list_holdings")]

    def owners(self) -> list[str]:
        """Host and process id of every process with a lease, for people."""
        with self._connections.reading() as db:
            return [row[0] for row in rows(db, "list_owners")]

    def risk(self) -> str | None:
        """What is wrong with the SQLite library here, while others have the file open; None if nothing is."""
        others = other_processes(self.file.path)
        return shared_unsafely(self.file.driver, self.owners()[1:] if others is None else others)

    def watch(self) -> Watcher:
        return watch_file(self._connections.probe(), self.file.path)

    def job_ids(self) -> Iterator[str]:
        last = 0
        while page := self._ids_after(last):
            yield from (job_id for _, job_id in page)
            last = page[-1][0]

    def repair(self, job: Job) -> bool:
        def replace(db: sqlite3.Connection) -> bool:
            now = load(db, job.id)
            if now is None:
                raise UnknownJob(job.id)
            if now.seq != job.seq:
                return False
            self._writer.replace(db, now, job)
            return True

        return self._connections.write(replace)

    def close(self) -> None:
        self._connections.close()

    def _ids_after(self, key: int) -> list[tuple[int, str]]:
        with self._connections.reading() as db:
            return rows(db, "list_ids", (key, AT_ONCE))


def _horizon(db: sqlite3.Connection) -> Horizon:
    epoch, position, floor = rows(db, "read_horizon")[0]
    return Horizon(epoch=epoch, reach=up_to(position), floor=floor)
