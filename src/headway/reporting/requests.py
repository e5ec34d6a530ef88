"""What can be asked of a committer: each request decides on a job's state, and keeps its own answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from headway.core import commands as c
from headway.core import rules
from headway.core.changes import Change
from headway.core.errors import BatchGap, Fenced, HeadwayError
from headway.core.job import Job
from headway.reporting.batch import Batch
from headway.stores.protocol import BatchMark

Decision = tuple[Job, Sequence[Change], Sequence[BatchMark]]


class Numbers:
    """The last stored batch number of each producer of one job, as far as it was read."""

    def __init__(self, job_id: str, read: Callable[[str, int, str], int]) -> None:
        self._job_id = job_id
        self._read = read
        self._last: dict[tuple[int, str], int] = {}

    def last(self, attempt: int, producer: str) -> int:
        """The number of the producer's last stored batch, 0 if none."""
        key = (attempt, producer)
        if key not in self._last:
            self._last[key] = self._read(self._job_id, attempt, producer)
        return self._last[key]

    def note(self, mark: BatchMark) -> None:
        """Remembers a batch that was stored."""
        if mark.seq:
            self._last[mark.attempt, mark.producer] = mark.seq


class Request:
    """One request. `state` is its answer: the job after it; `error` is its refusal."""

    __slots__ = ("before", "error", "job_id", "state")

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.before: Job | None = None
        self.state: Job | None = None
        self.error: HeadwayError | None = None

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        """The state that follows, the changes that lead to it, and the marks to store with them."""
        raise NotImplementedError


class Ask(Request):
    """A command that no attempt stands behind: cancel, retry, a verdict of the sweeper."""

    __slots__ = ("command",)

    def __init__(self, job_id: str, command: c.Command) -> None:
        super().__init__(job_id)
        self.command = command

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        after, changes = rules.apply(job, self.command, now)
        return after, changes, ()


class Join(Request):
    """A worker takes part; its producer and lease are registered with the attempt."""

    __slots__ = ("command", "lease", "producer")

    def __init__(self, job_id: str, command: c.Attach, *, producer: str, lease: str | None) -> None:
        super().__init__(job_id)
        self.command = command
        self.producer = producer
        self.lease = lease

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        after, changes = rules.apply(job, self.command, now)
        mark = BatchMark(producer=self.producer, seq=0, attempt=after.attempt, lease=self.lease)
        return after, changes, (mark,)


class Send(Request):
    """A producer's batch. One that is stored already is answered again and changes nothing."""

    __slots__ = ("batch", "refused")

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch.job_id)
        self.batch = batch
        self.refused: Fenced | None = None

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        batch = self.batch
        self.refused = None
        try:
            rules.check_attempt(job, batch.attempt)
        except Fenced as fenced:
            return self._recorded(fenced, job, numbers, now)
        last = numbers.last(batch.attempt, batch.producer)
        if batch.producer_seq <= last:
            return job, (), ()
        if batch.producer_seq > last + 1:
            raise BatchGap(last + 1, batch.producer_seq)
        after, changes = rules.report(job, batch.attempt, batch.items, now)
        mark = BatchMark(producer=batch.producer, seq=batch.producer_seq, attempt=batch.attempt, lease=batch.lease)
        return after, changes, (mark,)

    def _recorded(self, fenced: Fenced, job: Job, numbers: Numbers, now: int) -> Decision:
        """The first refusal of a superseded producer becomes history; more of the same would only fill it."""
        self.refused = fenced
        name = f"{self.batch.producer}!"
        if numbers.last(self.batch.attempt, name):
            return job, (), ()
        refusal = c.RecordRefusal(attempt=self.batch.attempt, producer=self.batch.producer)
        after, changes = rules.apply(job, refusal, now)
        return after, changes, (BatchMark(producer=name, seq=1, attempt=self.batch.attempt),)
