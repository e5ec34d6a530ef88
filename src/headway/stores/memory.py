"""Jobs in this process's memory: for tests, scripts and trying out. Gone with the process."""

from __future__ import annotations

import threading
import uuid
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headway.core.changes import Event
from headway.core.errors import InvalidReport, UnknownJob
from headway.core.job import Job, Status
from headway.stores.codec import NO_CHECKPOINT, checkpoint_of
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
    StoredEvent,
    Watcher,
)
from headway.stores.reach import Reach, up_to


class MemoryStore:
    """A store without a file. One lock guards everything; what is handed out is immutable."""

    url = "memory:"
    near = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._epoch = uuid.uuid4().hex[:12]
        self._position = 0
        self._jobs: dict[str, Job] = {}
        self._changed: dict[str, int] = {}
        self._log: list[StoredEvent] = []
        self._histories: dict[str, list[Event]] = {}
        self._external: dict[tuple[str | None, str, str], str] = {}
        self._producers: dict[tuple[str, int, str], BatchMark] = {}
        self._leases: dict[str, Lease] = {}
        self._watchers: set[_Signal] = set()

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        with self._lock:
            outcome = [self._write(commit) for commit in commits]
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher.wake()
        return outcome

    def create_in(self, connection: object, commit: Commit) -> bool:
        raise InvalidReport("connection", "only a job in PostgreSQL can be created within a transaction of your own")

    def load(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def load_many(self, job_ids: Iterable[str]) -> list[Job]:
        return [job for job_id in job_ids if (job := self._jobs.get(job_id))]

    def find_external(self, tenant: str | None, kind: str, external_id: str) -> str | None:
        return self._external.get((tenant, kind, external_id))

    def ids_like(self, beginning: str, *, limit: int = 10) -> list[str]:
        with self._lock:
            return sorted(id for id in self._jobs if id.startswith(beginning))[:limit]

    def last_batch(self, job_id: str, attempt: int, producer: str) -> int:
        mark = self._producers.get((job_id, attempt, producer))
        return mark.seq if mark else 0

    def producers(self, job_ids: Sequence[str]) -> dict[str, list[BatchMark]]:
        with self._lock:
            found: dict[str, list[BatchMark]] = {}
            for (job_id, attempt, _), mark in sorted(self._producers.items()):
                if job_id in job_ids and attempt == self._jobs[job_id].attempt:
                    found.setdefault(job_id, []).append(mark)
            return found

    def version(self, job_id: str) -> int | None:
        job = self._jobs.get(job_id)
        return job.version if job else None

    def versions(self, job_ids: Sequence[str]) -> dict[str, int]:
        return {job.id: job.version for job in self.load_many(job_ids)}

    def freshness(self) -> int:
        return self._position

    def jobs(self, query: JobQuery) -> list[Job]:
        with self._lock:
            found = [job for job in self._jobs.values() if _matches(job, query)]
        found.sort(key=_newest_last, reverse=True)
        return found[: query.limit]

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        with self._lock:
            return self._histories.get(job_id, [])[after : after + limit]

    def horizon(self) -> Horizon:
        return Horizon(epoch=self._epoch, reach=up_to(self._position))

    def checkpoint(self, position: int) -> str:
        with self._lock:
            index = bisect_right(self._log, position, key=_position_of) - 1
            return checkpoint_of(self._log[index]) if index >= 0 else NO_CHECKPOINT

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        with self._lock:
            start = bisect_right(self._log, after.position, key=_position_of)
            events = self._log[start : start + limit]
            more = len(self._log) > start + limit
            reached = events[-1].position if more else self._position
            jobs = [(at, self._jobs[id]) for id, at in self._changed.items() if after.position < at]
        return Delta(reach=up_to(reached), events=events, jobs=sorted(jobs, key=lambda entry: entry[0]), more=more)

    def snapshot(self, filter: Filter, *, finished: int = 20) -> tuple[Horizon, list[Job]]:
        with self._lock:
            jobs = sorted(filter_jobs(self._jobs.values(), filter), key=_newest_last)
            horizon = self.horizon()
        ended = sorted((job for job in jobs if job.terminal), key=lambda job: (job.finished_at or 0, job.id))
        kept = {job.id for job in ended[-finished:]} if finished else set()
        return horizon, [job for job in jobs if not job.terminal or job.id in kept]

    def children(self, after: int) -> list[Children]:
        with self._lock:
            moved = [self._jobs[id].facts for id, at in self._changed.items() if at > after]
            parents = {(facts.parent_id, facts.parent_step) for facts in moved if facts.parent_id and facts.parent_step}
            return [self._children(parent, step) for parent, step in sorted(parents) if self._live(parent)]

    def beat(self, leases: Sequence[Lease]) -> None:
        with self._lock:
            for lease in leases:
                known = self._leases.get(lease.id)
                self._leases[lease.id] = lease._replace(beat=known.beat + 1 if known else 1)

    def release(self, lease_id: str) -> None:
        with self._lock:
            self._leases.pop(lease_id, None)

    def holdings(self) -> list[Holding]:
        with self._lock:
            running = [job for job in self._jobs.values() if job.status is Status.RUNNING]
            return [holding for job in running for holding in self._held(job)]

    def watch(self) -> Watcher:
        watcher = _Signal(self._watchers)
        with self._lock:
            self._watchers.add(watcher)
        return watcher

    def job_ids(self) -> Iterator[str]:
        yield from list(self._jobs)

    def repair(self, job: Job) -> bool:
        with self._lock:
            now = self._jobs.get(job.id)
            if now is None:
                raise UnknownJob(job.id)
            if now.seq != job.seq:
                return False
            self._position += 1
            self._jobs[job.id] = job
            self._changed[job.id] = self._position
            return True

    def close(self) -> None:
        """Nothing to close: what is in memory stays until the store is dropped."""

    def _write(self, commit: Commit) -> int | None:
        before, after = commit.before, commit.after
        if self._taken(commit) if before is None else not self._same(before):
            return None
        marks = self._marked(after.id, commit.marks)
        if marks is None:
            return None
        self._producers |= marks
        facts = after.facts
        if facts.external_id is not None:
            self._external[facts.tenant, facts.kind, facts.external_id] = facts.id
        if before is None or after.version != before.version:
            self._store(after, commit.events)
        return self._position

    def _store(self, job: Job, events: Sequence[Event]) -> None:
        for event in events:
            self._position += 1
            self._log.append(StoredEvent(position=self._position, job_id=job.id, event=event))
        if not events or events[-1].version < job.version:
            self._position += 1
        self._histories.setdefault(job.id, []).extend(events)
        self._jobs[job.id] = job
        self._changed[job.id] = self._position

    def _same(self, before: Job) -> bool:
        now = self._jobs.get(before.id)
        return now is not None and (now.version, now.attempt) == (before.version, before.attempt)

    def _taken(self, commit: Commit) -> bool:
        facts = commit.after.facts
        return facts.id in self._jobs or (facts.tenant, facts.kind, facts.external_id) in self._external

    def _marked(self, job_id: str, marks: Sequence[BatchMark]) -> dict[tuple[str, int, str], BatchMark] | None:
        """The producers after these marks, each following the one before it; None if one does not."""
        marked: dict[tuple[str, int, str], BatchMark] = {}
        for mark in marks:
            key = (job_id, mark.attempt, mark.producer)
            known = marked.get(key) or self._producers.get(key) or mark._replace(seq=0, lease=None)
            if mark.seq not in (0, known.seq + 1):
                return None
            marked[key] = mark._replace(seq=max(mark.seq, known.seq), lease=mark.lease or known.lease)
        return marked

    def _children(self, parent: str, step: str) -> Children:
        jobs = [job for job in self._jobs.values() if (job.facts.parent_id, job.facts.parent_step) == (parent, step)]
        shown = [1000 if job.terminal else job.permille or 0 for job in jobs]
        settled = sum(job.terminal for job in jobs)
        mean = sum(shown) // len(jobs)
        return Children(parent_id=parent, parent_step=step, total=len(jobs), settled=settled, permille=mean)

    def _live(self, job_id: str) -> bool:
        job = self._jobs.get(job_id)
        return job is not None and not job.terminal

    def _held(self, job: Job) -> list[Holding]:
        marks = [m for (id, attempt, _), m in self._producers.items() if id == job.id and attempt == job.attempt]
        named = {mark.lease for mark in marks if mark.lease}
        alive = [self._leases[lease] for lease in sorted(named) if lease in self._leases]
        leases: list[Lease | None] = [*alive] if alive or not named else [None]
        return [Holding(job_id=job.id, attempt=job.attempt, lease=lease) for lease in leases]


class _Signal:
    """Watches by being told."""

    def __init__(self, siblings: set[_Signal]) -> None:
        self._event = threading.Event()
        self._siblings = siblings

    def wait(self, timeout_s: float) -> bool:
        told = self._event.wait(timeout_s)
        self._event.clear()
        return told

    def wake(self) -> None:
        self._event.set()

    def close(self) -> None:
        self._siblings.discard(self)
        self.wake()


def filter_jobs(jobs: Iterable[Job], filter: Filter) -> list[Job]:
    """The jobs that a filter admits."""
    return [job for job in jobs if filter.admits(job)]


def _matches(job: Job, query: JobQuery) -> bool:
    created = job.facts.created_at
    return (
        query.filter.admits(job)
        and (not query.statuses or job.status in query.statuses)
        and (query.step is None or job.step == query.step)
        and (query.health is None or job.health == query.health)
        and (query.label is None or _labelled(job.facts.labels, *query.label))
        and (query.created_after is None or created > query.created_after)
        and (query.created_before is None or created < query.created_before)
        and (query.before is None or (created, job.id) < query.before)
        and (query.quiet_since is None or _quiet(job, query.quiet_since))
    )


def _labelled(labels: Mapping[str, Any], name: str, value: object) -> bool:
    """As JSON has it, where `true` is not 1."""
    return name in labels and labels[name] == value and isinstance(labels[name], bool) == isinstance(value, bool)


def _quiet(job: Job, since: int) -> bool:
    return job.status is Status.RUNNING and (job.last_progress_at or 0) <= since


def _newest_last(job: Job) -> tuple[int, str]:
    return (job.facts.created_at, job.id)


def _position_of(stored: StoredEvent) -> int:
    return stored.position
