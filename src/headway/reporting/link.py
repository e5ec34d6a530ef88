"""The way from a worker to a store: what it must carry, and the direct one to a store of this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from headway.core import wire
from headway.core.commands import RequestCancel, Retry
from headway.core.create import check_facts
from headway.core.errors import HeadwayError, RowRefused, StoreUnavailable, StoreUnusable, UnknownJob
from headway.core.job import Job
from headway.core.plan import Plan
from headway.reporting.batch import Ack, Attached, Batch
from headway.reporting.committer import Committer, now_us
from headway.stores.protocol import JobQuery, Lease, Store

logger = logging.getLogger("headway")


class NewJob(NamedTuple):
    """A job to be created: its id, kind, plan, and optional facts by name."""

    id: str
    kind: str
    plan: Plan
    facts: Mapping[str, Any] = MappingProxyType({})
    connection: object = None  # the caller's own, in whose transaction it is created


class News(NamedTuple):
    """What a worker should know about a job it works on, without having asked."""

    job_id: str
    attempt: int
    cancel_requested: bool
    terminal: bool


class Link(Protocol):
    """Carries reports to a store. Calls block; each may raise StoreUnavailable."""

    url: str
    store: Store | None  # the store itself, where this process has opened it
    pulse_s: float | None  # how often a silent handle must send an empty batch; None where a lease beats by itself

    @property
    def commits(self) -> int:
        """Transactions of the store so far, or requests that asked for one."""
        ...

    def create(self, new: NewJob) -> str:
        """The id of the job: the new one, or the one that has its external id already."""
        ...

    def start(self, new: NewJob, producer: str) -> Attached:
        """Creates a job and takes part in it at once."""
        ...

    def attach(self, job_id: str, producer: str, *, takeover: bool) -> Attached: ...

    def report(self, batches: Sequence[Batch]) -> list[Ack | HeadwayError]: ...

    def ask(self, job_id: str, command: RequestCancel | Retry) -> wire.Wire: ...

    def get(self, job_id: str) -> wire.Wire: ...

    def jobs(self, query: JobQuery) -> list[wire.Wire]: ...

    def history(self, job_id: str, after: int, limit: int) -> list[wire.Wire]: ...

    def remembered(self, job_id: str) -> Job | None:
        """The newest state of a job that this process has written, if it still knows; the store is not asked."""
        ...

    def beat(self) -> None:
        """Renews what keeps this process's jobs from being called lost."""
        ...

    def news(self, job_ids: Sequence[str]) -> list[News]:
        """What changed about these jobs since the last call, as far as it can be known cheaply."""
        ...

    def after_fork(self) -> None:
        """Makes the link usable in a forked child, as another worker."""
        ...

    def close(self) -> None: ...


class StoreLink:
    """Reports straight into a store that this process has opened."""

    def __init__(self, store: Store, *, lease_s: float = 30.0, clock: Callable[[], int] = now_us) -> None:
        self.url = store.url
        self.store: Store | None = store
        self.pulse_s: float | None = None
        self._store = store
        self._clock = clock
        self._lease_ms = int(lease_s * 1000)
        self._committer = Committer(store, clock=clock)
        self._lease: Lease | None = None
        self._fresh = -1
        self._versions: dict[str, int] = {}

    @property
    def commits(self) -> int:
        return self._committer.commits

    def create(self, new: NewJob) -> str:
        facts = check_facts(new.kind, id=new.id, now=self._clock(), **new.facts)
        return self._committer.create(facts, new.plan, new.connection).id

    def start(self, new: NewJob, producer: str) -> Attached:
        lease = self._held_lease().id
        facts = check_facts(new.kind, id=new.id, now=self._clock(), **new.facts)
        job, began = self._committer.start(facts, new.plan, producer=producer, lease=lease)
        return _attached(job, producer, lease, began=began)

    def attach(self, job_id: str, producer: str, *, takeover: bool) -> Attached:
        lease = self._held_lease().id
        job, began = self._committer.attach(job_id, producer=producer, lease=lease, takeover=takeover)
        return _attached(job, producer, lease, began=began)

    def report(self, batches: Sequence[Batch]) -> list[Ack | HeadwayError]:
        try:
            answers = [_patient(answer) for answer in self._committer.report_many(batches)]
        except StoreUnusable as error:
            raise _patient(error) from error
        for answer in answers:
            if isinstance(answer, Ack):
                self._versions[answer.job_id] = answer.version  # what an answer told is no news
        return answers

    def ask(self, job_id: str, command: RequestCancel | Retry) -> wire.Wire:
        return wire.job_wire(self._committer.ask(job_id, command))

    def get(self, job_id: str) -> wire.Wire:
        job = self._store.load(job_id)
        if job is None:
            raise UnknownJob(job_id)
        return wire.job_wire(job)

    def jobs(self, query: JobQuery) -> list[wire.Wire]:
        return [wire.job_wire(job) for job in self._store.jobs(query)]

    def history(self, job_id: str, after: int, limit: int) -> list[wire.Wire]:
        found = self._store.history(job_id, after=after, limit=limit)
        if not found and self._store.version(job_id) is None:
            raise UnknownJob(job_id)
        return [wire.event_wire(job_id, event) for event in found]

    def remembered(self, job_id: str) -> Job | None:
        return self._committer.remembered(job_id)

    def beat(self) -> None:
        if self._lease is not None:
            self._store.beat((self._lease,))

    def news(self, job_ids: Sequence[str]) -> list[News]:
        fresh = self._store.freshness()
        if fresh == self._fresh:
            return []
        versions = self._store.versions(job_ids)
        moved = [job_id for job_id, version in versions.items() if self._versions.get(job_id) != version]
        news = [_news(job) for job in self._store.load_many(moved)] if moved else []
        # Only now: what could not be read must be asked for again, or a cancel would never be heard.
        self._fresh, self._versions = fresh, versions
        return news

    def after_fork(self) -> None:
        self._lease = None
        self._fresh = -1
        self._committer.forget()

    def close(self) -> None:
        if self._lease is not None:
            self._let_go(self._lease)
            self._lease = None
        self._store.close()

    def _held_lease(self) -> Lease:
        if self._lease is None:
            lease = Lease(id=os.urandom(16).hex(), ttl_ms=self._lease_ms, owner=_owner())
            self._store.beat((lease,))
            self._lease = lease
        return self._lease

    def _let_go(self, lease: Lease) -> None:
        try:
            self._store.release(lease.id)
        except (StoreUnavailable, StoreUnusable) as error:
            logger.warning("%s; the lease of this process is not ended and runs out by itself", error)


_Answer = TypeVar("_Answer", bound=Ack | HeadwayError)


def _patient(answer: _Answer) -> _Answer | StoreUnavailable:
    """A store that somebody must repair, migrate or grant something in is as good as away for work that has begun."""
    if isinstance(answer, StoreUnusable) and not isinstance(answer, RowRefused):
        return StoreUnavailable(answer.store, answer.reason)
    return answer


def _attached(job: Job, producer: str, lease: str, *, began: bool) -> Attached:
    return Attached(
        job_id=job.id,
        kind=job.facts.kind,
        attempt=job.attempt,
        producer=producer,
        lease=lease,
        version=job.version,
        began=began,
        cancel_requested=job.cancel_requested_at is not None,
    )


def _owner() -> str:
    """Host and process, for people who look for a worker."""
    host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "windows")
    return f"{host}:{os.getpid()}"


def _news(job: Job) -> News:
    return News(
        job_id=job.id,
        attempt=job.attempt,
        cancel_requested=job.cancel_requested_at is not None,
        terminal=job.terminal,
    )
