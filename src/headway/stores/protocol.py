"""What a store must do, written once and synchronously; readers and writers know no more of it than this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from headway.core.changes import Event
from headway.core.job import Job
from headway.stores.reach import Reach


class BatchMark(NamedTuple):
    """A producer's batch number: stored with the batch, so that a repeat has no second effect."""

    producer: str
    seq: int
    attempt: int
    lease: str | None = None


class Commit(NamedTuple):
    """Changes of one job that are stored together or not at all. `before` is None when the job is created.

    Written only if the stored job still has the version and attempt of `before`, and each mark follows its producer's
    last number by one (a mark with seq 0 only registers its producer and lease).
    """

    before: Job | None
    after: Job
    events: Sequence[Event] = ()
    steps: frozenset[str] = frozenset()  # the names of the steps that changed
    marks: Sequence[BatchMark] = ()


class Lease(NamedTuple):
    """One worker process: alive while `beat` keeps counting. `ttl_ms`: how long a pause is tolerated."""

    id: str
    ttl_ms: int
    owner: str  # host and pid, for people
    beat: int = 0


class Holding(NamedTuple):
    """A running job's claim to be worked on: the job, its attempt, and the lease of one of its producers (or None)."""

    job_id: str
    attempt: int
    lease: Lease | None


class StoredEvent(NamedTuple):
    """An event with its place in the order of the whole store."""

    position: int
    job_id: str
    event: Event


class Delta(NamedTuple):
    """Everything that somebody has not read yet, of one moment.

    `events` in order of position; `jobs`: (position of the last change, newest state) of every job that changed.
    `reach`: what has been read with this delta; `more`: the limit cut it, read again from there. A change whose
    position lies beyond a gap is as final as any other: only its place in the order of the store is not proven yet.
    """

    reach: Reach
    events: Sequence[StoredEvent] = ()
    jobs: Sequence[tuple[int, Job]] = ()
    more: bool = False

    @property
    def position(self) -> int:
        """Everything up to here has been read."""
        return self.reach.position


class Horizon(NamedTuple):
    """What can be read of a store now. `epoch` names this very store; `floor`: positions below were pruned."""

    epoch: str
    reach: Reach
    floor: int = 0

    @property
    def position(self) -> int:
        """Everything up to here can be read and will not change."""
        return self.reach.position


class Filter(NamedTuple):
    """Which jobs a stream follows, by facts that never change. Empty means every job."""

    jobs: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    parent: str | None = None
    tenant: str | None = None

    def admits(self, job: Job) -> bool:
        """Whether a job belongs to the stream."""
        facts = job.facts
        return (
            (not self.jobs or facts.id in self.jobs)
            and (not self.kinds or facts.kind in self.kinds)
            and (not self.projects or facts.project in self.projects)
            and (not self.subjects or facts.subject in self.subjects)
            and (self.parent is None or facts.parent_id == self.parent)
            and (self.tenant is None or facts.tenant == self.tenant)
        )


class JobQuery(NamedTuple):
    """A list of jobs, newest first. `before`: (created_at, id) of the last job of the page before."""

    filter: Filter = Filter()
    statuses: frozenset[str] = frozenset()
    step: str | None = None  # the current step
    health: str | None = None  # the stored verdict
    label: tuple[str, Any] | None = None
    created_after: int | None = None
    created_before: int | None = None
    quiet_since: int | None = None  # running, and no progress after this time
    before: tuple[int, str] | None = None
    limit: int = 50


class Children(NamedTuple):
    """How far the children of one parent's step are. `permille`: the mean of theirs, ended ones counting as 1000."""

    parent_id: str
    parent_step: str
    total: int
    settled: int
    permille: int


class Watcher(Protocol):
    """Tells that the store may have changed: a hint, never the data."""

    def wait(self, timeout_s: float) -> bool:
        """Blocks until something may have changed (True), `wake` is called (True), or the time is over (False)."""
        ...

    def wake(self) -> None:
        """Ends a wait from another thread."""
        ...

    def close(self) -> None: ...


class Store(Protocol):
    """A place for jobs. Every method may raise StoreUnavailable; reading methods change nothing. Thread-safe."""

    @property
    def url(self) -> str:
        """The store's address without secrets, for messages."""
        ...

    @property
    def near(self) -> bool:
        """Whether `freshness` and `version` answer within microseconds and never wait: an event loop may ask."""
        ...

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        """Writes all commits in one transaction and answers for each the store position, or None for a lost race.

        A lost race leaves that job untouched and the other commits written. `durable`: on stable storage on return.
        Creating a job whose id or external id (with tenant and kind) exists is a lost race too.
        Commits name different jobs: one commit carries all that is to be written to a job.
        """
        ...

    def create_in(self, connection: object, commit: Commit) -> bool:
        """Stores a new job within the transaction of the caller's own connection to this database.

        False for a lost race. Raises InvalidReport for a connection that cannot be used so.
        """
        ...

    def load(self, job_id: str) -> Job | None: ...

    def load_many(self, job_ids: Iterable[str]) -> list[Job]:
        """The jobs that exist, in any order."""
        ...

    def find_external(self, tenant: str | None, kind: str, external_id: str) -> str | None:
        """The id of the job with this id in an outside queue."""
        ...

    def ids_like(self, beginning: str, *, limit: int = 10) -> list[str]:
        """Ids of jobs that begin like this (lower case), in order: people type no more of an id than they must."""
        ...

    def last_batch(self, job_id: str, attempt: int, producer: str) -> int:
        """The number of the producer's last stored batch, 0 if none."""
        ...

    def producers(self, job_ids: Sequence[str]) -> dict[str, list[BatchMark]]:
        """The producers of each job's present attempt, with the number of the last batch that is stored of each."""
        ...

    def version(self, job_id: str) -> int | None:
        """The job's version, cheaply."""
        ...

    def versions(self, job_ids: Sequence[str]) -> dict[str, int]:
        """The versions of the jobs that exist, in one question however many they are."""
        ...

    def freshness(self) -> int:
        """A number that changes whenever anything was written by anybody, as cheap as it can be (no table is read)."""
        ...

    def jobs(self, query: JobQuery) -> list[Job]: ...

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        """Events with seq > after, in order."""
        ...

    def horizon(self) -> Horizon: ...

    def checkpoint(self, position: int) -> str:
        """A short digest ([0-9a-z]) of the newest event at or before a position: a fork or an older backup differs."""
        ...

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        """At most `limit` changes that `after` does not cover."""
        ...

    def snapshot(self, filter: Filter, *, finished: int = 20) -> tuple[Horizon, list[Job]]:
        """The live jobs of a filter and its last finished ones, with the horizon they were read at, as one read."""
        ...

    def children(self, after: int) -> list[Children]:
        """For each live parent with a child changed after this position: how far its children are, by step."""
        ...

    def beat(self, leases: Sequence[Lease]) -> None:
        """Registers or renews leases: each beat counts one up."""
        ...

    def release(self, lease_id: str) -> None:
        """Ends a lease now: its process says that it works no more."""
        ...

    def holdings(self) -> list[Holding]:
        """Every running job with the leases of its present attempt, one row for each (a released lease is left out).

        A running job whose producers have no live lease row appears once with None; a job that was never reported with
        a lease does not appear.
        """
        ...

    def watch(self) -> Watcher: ...

    def job_ids(self) -> Iterator[str]:
        """Every job of the store, in order of creation, read in pages."""
        ...

    def repair(self, job: Job) -> bool:
        """Replaces a job's state by what its history tells (`headway verify --repair`).

        False, and nothing is replaced, if the history has grown since it told this. Raises UnknownJob.
        """
        ...

    def close(self) -> None: ...
