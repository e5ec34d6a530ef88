"""Owns histories in which transactions end in another order than they began, and what can be read of them when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.changes import Event
from headway.core.job import Job
from headway.core.record import changed
from headway.core.rules import apply
from headway.stores.codec import NO_CHECKPOINT, checkpoint_of
from headway.stores.protocol import Delta, StoredEvent
from headway.stores.reach import Reach
from tests.core.jobs import running

SPAN = 16  # positions of one transaction


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    """Any reach that a store may have, however far apart its gaps are."""
    bits = draw(st.integers(0, 40))
    edges = sorted(draw(st.sets(st.integers(1, 2**22), max_size=60)))
    pairs = [(low << bits, high << bits) for low, high in zip(edges[::2], edges[1::2], strict=False)]
    return Reach((edges[-1] + draw(st.integers(1, 99)) if edges else 1) << bits, tuple(pairs))


@dataclass
class Transaction:
    """Writes that nobody sees before its end, at positions that it has had from its beginning."""

    number: int
    jobs: dict[str, Job] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    events: list[StoredEvent] = field(default_factory=list)
    _count: int = 0

    def write(self, job: Job, command: c.Command) -> None:
        """A job's next change, which its transaction alone may write until it ends."""
        for change in (made := apply(self.jobs.get(job.id, job), command, job.updated_at + 1))[1]:
            self._count += 1
            if isinstance(change, Event):
                self.events.append(StoredEvent(self.position, job.id, change))
        self.jobs[job.id], self.changed[job.id] = made[0], self.position

    @property
    def position(self) -> int:
        """Of its last change."""
        return self.number * SPAN + self._count

    @property
    def full(self) -> bool:
        return self._count > SPAN - 4


class History:
    """What has been committed; transactions that are still open are gaps."""

    def __init__(self, jobs: int) -> None:
        self.jobs = {job.id: job for job in _jobs(jobs)}
        self.changed = dict.fromkeys(self.jobs, 0)
        self.events: list[StoredEvent] = []
        self.open: list[Transaction] = []
        self._begun = 0

    def begin(self) -> None:
        self._begun += 1
        self.open.append(Transaction(self._begun))

    def free(self) -> list[str]:
        """Jobs that no open transaction has written to."""
        return [id for id in self.jobs if not any(id in transaction.jobs for transaction in self.open)]

    def writable(self, transaction: Transaction, job_id: str) -> bool:
        """Whether the job is free or its own, and its last change lies before."""
        own = job_id in transaction.jobs or job_id in self.free()
        return own and not transaction.full and self.changed[job_id] <= transaction.position

    def end(self, transaction: Transaction, *, commit: bool) -> None:
        self.open.remove(transaction)
        if commit:
            self.jobs |= transaction.jobs
            self.changed |= transaction.changed
            self.events = sorted([*self.events, *transaction.events], key=lambda stored: stored.position)

    @property
    def reach(self) -> Reach:
        """Everything but what is open."""
        covered = Reach((self._begun + 1) * SPAN)
        gaps = list[tuple[int, int]]()
        for transaction in sorted(self.open, key=lambda one: one.number):
            low, high = transaction.number * SPAN, (transaction.number + 1) * SPAN
            if gaps and gaps[-1][1] == low:
                gaps[-1] = (gaps[-1][0], high)
            else:
                gaps.append((low, high))
        if gaps and gaps[-1][1] == covered.top:
            covered = Reach(gaps.pop()[0])
        return covered._replace(gaps=tuple(gaps))

    def delta(self, after: Reach, limit: int) -> Delta:
        """What a reader has not read."""
        found = [stored for stored in self.events if not after.covers(stored.position)]
        reach = after.plus(self.reach, found[limit - 1].position + 1) if len(found) > limit else self.reach
        jobs = [(at, self.jobs[id]) for id, at in self.changed.items() if not after.covers(at)]
        return Delta(reach, found[:limit], sorted(jobs, key=lambda entry: entry[0]), len(found) > limit)

    def load_many(self, job_ids: Iterable[str]) -> list[Job]:
        return [self.jobs[job_id] for job_id in job_ids]

    def checkpoint(self, position: int) -> str:
        before = [stored for stored in self.events if stored.position <= position]
        return checkpoint_of(before[-1]) if before else NO_CHECKPOINT


def _jobs(count: int) -> Iterable[Job]:
    job = running()
    for number in range(count):
        yield changed(job, {"facts": changed(job.facts, {"id": f"0192d3a0-7c00-7000-8000-{number:012}"})})
