"""A cache in front of the store, for those who look at the same jobs again and again within one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from headway.core.errors import HeadwayError
from headway.core.job import Job
from headway.core.rules import report
from headway.core.wire import job_wire, merged
from headway.reporting.asking import Asked, watched
from headway.reporting.batch import Batch
from headway.reporting.default import default_reporter
from headway.reporting.reporter import Reporter
from headway.stores.protocol import Filter
from headway.watching.change import Change
from headway.watching.listeners import Listeners, Listening
from headway.watching.shelf import Shelf
from headway.watching.subscription import Subscription


def mirror(
    *,
    kind: Asked = None,
    project: Asked = None,
    subject: Asked = None,
    finished_s: float = 30.0,
    failed_s: float = 60.0,
    jobs_max: int = 10_000,
    reporter: Reporter | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Mirror:
    """The jobs that fit, kept in memory as they change: `mirror.get(id)` asks the store only for what is not there.

    It holds the live jobs and those that this process reports on; one that ended leaves `finished_s` after it did, a
    failed one `failed_s` after. While the store is away it answers with what it knows, and with everything that this
    process has reported since; that is written when the store is back. Close it, or leave its `with`.
    """
    given = reporter if reporter is not None else default_reporter()
    filter = watched(kind=kind, project=project, subject=subject)
    shelf = Shelf(finished_s=finished_s, failed_s=failed_s, jobs_max=jobs_max, monotonic=monotonic)
    return Mirror(given, filter, shelf)


class Mirror:
    """What `mirror` gives. Thread-safe. In a forked child it asks the store; make another one there."""

    def __init__(self, reporter: Reporter, filter: Filter, shelf: Shelf) -> None:
        self._reporter = reporter
        self._outbox = reporter.outbox
        self._filter = filter
        self._shelf = shelf
        self._ahead: dict[str, Job] = {}  # jobs as reports make them that wait for the store
        self._absence = 0  # which absence of the store those are of
        self._lock = threading.Lock()
        self._listeners = Listeners(self._newest, self._counting)
        self._outbox.observers.append(self)
        self._subscription = Subscription(self._told, filter, reporter, seen=self._keep)
        reporter.followers.append(self)

    def get(self, id: str) -> dict[str, Any]:
        """A job from memory, else from the store. Raises UnknownJob, or StoreUnavailable if only that knows it."""
        known = self.known(id)
        return self._reporter.get(id) if known is None else known

    def known(self, id: str) -> dict[str, Any] | None:
        """A job from memory; None where only the store may know it. Waits for nothing, so an event loop may call it."""
        newest = self._newest(id)
        return None if newest is None else dict(newest)

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs that are in memory, newest first."""
        found = [job for id in self._held() if (job := self._newest(id)) is not None]
        return sorted(found, key=lambda job: (job["created_at"], job["id"]), reverse=True)

    def __contains__(self, id: object) -> bool:
        return not self._shelf.inherited and id in self._shelf

    def listen(self, callback: Callable[[dict[str, Any]], None], *, id: str | None = None) -> Listening:
        """Calls `callback` with the newest state of each job that changed, or of one; some in between may be left out.

        Also while the store is away, for what this process reports. All listeners share a thread; close what it gives.
        """
        return self._listeners.add(callback, id)

    def close(self) -> None:
        """Watches no more and forgets everything."""
        with suppress(ValueError):  # closed twice
            self._outbox.observers.remove(self)
            self._reporter.followers.remove(self)
        self._subscription.close()
        self._listeners.close()

    def __enter__(self) -> Mirror:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stored(self, job_id: str) -> None:
        """The store has taken a report of this process: what was written is known without asking."""
        job = self._outbox.link.remembered(job_id)
        if job is not None and self._filter.admits(job):
            self._keep(job)

    def spooled(self, batch: Batch) -> None:
        """The store is away: what it will make of the report is told by the same rules."""
        with self._lock:
            if self._absence != self._outbox.absences:
                self._absence = self._outbox.absences
                self._ahead.clear()
            before = self._ahead.get(batch.job_id) or self._shelf.job(batch.job_id)
            if before is not None:
                self._ahead[batch.job_id] = _after(before, batch, self._reporter.now())
        self._listeners.changed(batch.job_id)

    def _held(self) -> list[str]:
        return [] if self._shelf.inherited else self._shelf.ids()

    def _keep(self, job: Job) -> None:
        if self._shelf.put(job.id, job.version, job.status, job=job):
            self._listeners.changed(job.id)

    def _told(self, change: Change) -> None:
        """Of a store that is far away, values are all there is."""
        if change["event"] == "reset":
            self._shelf.clear()
        if self._outbox.link.store is not None or change["event"] in ("reset", "synced", "end"):
            return
        values = change["data"]
        if change["event"] == "event":
            known = self._shelf.wire(values["job_id"])
            if known is None or known["version"] >= values["job"]["version"]:
                return
            values = merged(known, values["job"])
        if self._shelf.put(values["id"], values["version"], values["status"], wire=values):
            self._listeners.changed(values["id"])

    def _newest(self, id: str) -> dict[str, Any] | None:
        """As the store has it or, while that is away, as it will be."""
        if self._shelf.inherited:
            return None
        if not self._outbox.outage.lasting:
            return self._shelf.wire(id)
        with self._lock:
            current = self._outbox.away and self._absence == self._outbox.absences
            job = (self._ahead.get(id) if current else None) or self._shelf.job(id)
        if job is None:
            return self._shelf.wire(id)
        for item in self._reporter.unsent(id):
            job = _after(job, Batch(id, job.attempt, "", 0, (item,)), self._reporter.now())
        return job_wire(job)

    def _counting(self) -> set[str]:
        """Jobs that change while the store is away without a report that says so."""
        return self._reporter.counting() if self._outbox.outage.lasting else set()


def _after(job: Job, batch: Batch, now: int) -> Job:
    """What the batch makes of the job; one that will be refused makes nothing, and the log says so when it is."""
    try:
        return report(job, batch.attempt, batch.items, now)[0]
    except HeadwayError:
        return job
