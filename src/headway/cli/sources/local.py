"""Jobs in a store that this process opens itself."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from headway.cli.sources import ids
from headway.cli.sources.source import Notice, Update, Wire
from headway.core.commands import Command, RequestCancel, Retry
from headway.core.errors import UnknownJob
from headway.core.job import Job
from headway.core.wire import event_wire, job_wire
from headway.reporting.committer import Committer
from headway.stores.protocol import Filter, JobQuery, Store, Watcher

PACE_S = 0.05  # at most twenty reads a second, however busy the store is; the first of them at once
PAGE = 500


class LocalSource:
    """Reads a store and asks through a committer of its own."""

    def __init__(self, store: Store) -> None:
        self.url = store.url
        self.store = store
        self._committer = Committer(store)

    def find(self, text: str) -> str:
        begun = ids.beginning(text)
        if len(begun) == ids.WHOLE:
            return begun
        return ids.the_one(text, self.store.ids_like(begun, limit=4))

    def get(self, job_id: str) -> Wire:
        return job_wire(self._load(job_id))

    def jobs(self, query: JobQuery) -> list[Wire]:
        return [job_wire(job) for job in self.store.jobs(query)]

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Wire]:
        if self.store.version(job_id) is None:
            raise UnknownJob(job_id)
        return [event_wire(job_id, event) for event in self.store.history(job_id, after=after, limit=limit)]

    def cancel(self, job_id: str) -> Wire:
        return self._asked(job_id, RequestCancel())

    def retry(self, job_id: str, *, keep_steps: bool) -> Wire:
        return self._asked(job_id, Retry(keep_steps=keep_steps))

    def follow(self, job_id: str) -> LocalFollow:
        self._load(job_id)
        return LocalFollow(self.store, job_id)

    def changes(self, filter: Filter) -> LocalChanges:
        return LocalChanges(self.store)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> LocalSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _load(self, job_id: str) -> Job:
        job = self.store.load(job_id)
        if job is None:
            raise UnknownJob(job_id)
        return job

    def _asked(self, job_id: str, command: Command) -> Wire:
        return job_wire(self._committer.ask(job_id, command))


class LocalFollow:
    """Follows one job by its version; the store's watcher tells when to look."""

    def __init__(self, store: Store, job_id: str) -> None:
        self._store = store
        self._job_id = job_id
        self._watcher = store.watch()  # before the first read, so that nothing falls between
        self._paced = _Paced(self._watcher)
        self._version = -1
        self._seq: int | None = None

    def next(self, timeout_s: float) -> Update | Notice | None:
        deadline = time.monotonic() + timeout_s
        while True:
            if self._store.version(self._job_id) != self._version:
                return self._update()
            if (left := deadline - time.monotonic()) <= 0:
                return None
            self._paced.wait(left)

    def close(self) -> None:
        self._watcher.close()

    def _update(self) -> Update:
        job = self._store.load(self._job_id)
        if job is None:
            raise UnknownJob(self._job_id)
        events = [] if self._seq is None else self._events(self._seq, job.seq)
        self._version, self._seq = job.version, job.seq
        return Update(job=job_wire(job), events=events)

    def _events(self, after: int, last: int) -> list[Wire]:
        """The history up to the state that was read; what came since belongs to the next update."""
        found: list[Wire] = []
        while after < last:
            page = self._store.history(self._job_id, after=after, limit=min(PAGE, last - after))
            if not page:
                break
            found.extend(event_wire(self._job_id, event) for event in page)
            after = page[-1].seq
        return found


class LocalChanges:
    """Follows the whole store."""

    notice: str | None = None

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watcher = store.watch()
        self._paced = _Paced(self._watcher)
        self._fresh = store.freshness()

    def wait(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            self._paced.wait(left)
            if (fresh := self._store.freshness()) != self._fresh:
                self._fresh = fresh
                return True
        return False

    def close(self) -> None:
        self._watcher.close()


class _Paced:
    """Waits for a store's watcher; wake-ups that follow each other closely become one."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._woken_at = -PACE_S
        self._rest = threading.Event()  # never set: it only lets time pass

    def wait(self, timeout_s: float) -> None:
        since = time.monotonic() - self._woken_at
        if since < PACE_S:
            self._rest.wait(min(timeout_s, PACE_S - since))
            return
        self._watcher.wait(timeout_s)
        self._woken_at = time.monotonic()
