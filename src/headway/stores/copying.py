"""Whole jobs on their way from one store into another: states, steps, histories and producers, as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from headway.core.changes import Event
from headway.core.errors import InvalidSetting, JobExists, StoreUnusable
from headway.core.job import Job
from headway.stores.protocol import BatchMark, Commit, Store

JOBS_AT_ONCE: Final = 200
EVENTS_AT_ONCE: Final = 5_000  # in one transaction; more only if one job alone has more
_PAGE: Final = 1_000


class Copied(NamedTuple):
    """How far it is: jobs that were written, jobs that were there already, and events that were written."""

    jobs: int = 0
    there: int = 0
    events: int = 0


class Copy:
    """From one store to another, of jobs that nobody reports on meanwhile. Whatever was done before is left alone.

    Positions are given anew, so a reader of the new store begins from the start; leases stay behind: the workers of
    running jobs report to the new store when they are started with its address.
    """

    def __init__(self, source: Store, target: Store, *, resume: bool = False) -> None:
        """Raises InvalidSetting for a target that has jobs already, unless this goes on with what another one began."""
        if source.horizon().epoch == target.horizon().epoch:
            raise InvalidSetting("TO", "this is the store that is to be copied; give another one")
        if not resume and next(iter(target.job_ids()), None) is not None:
            raise InvalidSetting(
                "TO", f"{target.url} has jobs already; give an empty store, or --resume an earlier copy"
            )
        self._source = source
        self._target = target

    def run(self, job_ids: Sequence[str]) -> Iterator[Copied]:
        """Copies these jobs; answers again and again how far it is."""
        done = Copied()
        for page in _pages(job_ids):
            there = self._target.versions(page)
            wanted = [job_id for job_id in page if job_id not in there]
            done = done._replace(there=done.there + len(there))
            for group in self._groups(wanted):
                self._write(group)
                written = sum(len(commit.events) for commit in group)
                done = done._replace(jobs=done.jobs + len(group), events=done.events + written)
                yield done
        yield done

    def differing(self, job_ids: Sequence[str]) -> Iterator[tuple[str, str | None]]:
        """Each job, and what of it is not the same in both stores: `state`, `producers`, `history` or None."""
        for page in _pages(job_ids):
            ours, theirs = _by_id(self._source, page), _by_id(self._target, page)
            senders, copied = self._source.producers(page), self._target.producers(page)
            for job_id in page:
                if ours.get(job_id) != theirs.get(job_id):
                    yield job_id, "state"
                elif senders.get(job_id) != copied.get(job_id):
                    yield job_id, "producers"
                else:
                    yield job_id, None if self._same_history(job_id) else "history"

    def _groups(self, job_ids: Sequence[str]) -> Iterator[list[Commit]]:
        """What is written in one transaction."""
        jobs, producers = _by_id(self._source, job_ids), self._source.producers(job_ids)
        group: list[Commit] = []
        events = 0
        for job_id in job_ids:  # in the order of creation, which the new store keeps
            if job := jobs.get(job_id):
                group.append(self._whole(job, producers.get(job_id, ())))
                events += job.seq
            if events >= EVENTS_AT_ONCE:
                yield group
                group, events = [], 0
        if group:
            yield group

    def _whole(self, job: Job, producers: Sequence[BatchMark]) -> Commit:
        """A job as it would be created, had all that happened to it happened at once."""
        events = [event for page in _history(self._source, job.id) for event in page if event.seq <= job.seq]
        if len(events) != job.seq:
            reason = f"the history of job {job.id} is broken; headway verify tells more, and --repair mends what can be"
            raise StoreUnusable(self._source.url, reason)
        marks = [mark for last in producers for mark in _batches(last)]
        return Commit(before=None, after=job, events=events, steps=frozenset(job.steps), marks=marks)

    def _write(self, group: Sequence[Commit]) -> None:
        for commit, position in zip(group, self._target.commit(group), strict=True):
            if position is None:
                raise JobExists(commit.after.id)

    def _same_history(self, job_id: str) -> bool:
        pages = zip(_history(self._source, job_id), _history(self._target, job_id), strict=False)
        return all(ours == theirs for ours, theirs in pages)


def _batches(last: BatchMark) -> Iterator[BatchMark]:
    """Every batch up to the last one, in whose numbers a store allows no gap."""
    return (last._replace(seq=number) for number in range(min(last.seq, 1), last.seq + 1))


def _history(store: Store, job_id: str) -> Iterator[list[Event]]:
    """Pages; the last one is not full, and may be empty."""
    after = 0
    while True:
        page = store.history(job_id, after=after, limit=_PAGE)
        yield page
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def _by_id(store: Store, job_ids: Sequence[str]) -> dict[str, Job]:
    return {job.id: job for job in store.load_many(job_ids)}


def _pages(job_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(job_ids), JOBS_AT_ONCE):
        yield job_ids[start : start + JOBS_AT_ONCE]
