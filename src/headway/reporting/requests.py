"""What can be asked of a committer: each request decides on a job's state, and keeps its own answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from headway.core import commands as c
from headway.core import rules
from headway.core.changes import Change
from headway.core.errors import BatchGap, Fenced, HeadwayError
from headway.core.job import Job
from headway.reporting.batch import Ack, Batch
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

    def none_yet(self, attempt: int, producer: str) -> None:
        """Nothing is to be read of a producer that was born with its job."""
        self._last[attempt, producer] = 0

    def note(self, mark: BatchMark) -> None:
        """Remembers a batch that was stored."""
        if mark.seq:
            self._last[mark.attempt, mark.producer] = mark.seq


class Request:
    """One request. `state` is its answer: the job after it; `error` is its refusal."""

    before: Job | None = None
    state: Job | None = None
    error: HeadwayError | None = None

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        """The state that follows, the changes that lead to it, and the marks to store with them."""
        raise NotImplementedError


class Ask(Request):
    """A command that no attempt stands behind: cancel, retry, a verdict of the sweeper."""

    def __init__(self, job_id: str, command: c.Command) -> None:
        super().__init__(job_id)
        self.command = command

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        after, changes = rules.apply(job, self.command, now)
        return after, changes, ()


class Join(Request):
    """A worker takes part; its producer and lease are registered with the attempt."""

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

    refused: Fenced | None = None

    def __init__(self, batch: Batch) -> None:
        self.job_id = batch.job_id
        self.batch = batch

    def decide(self, job: Job, numbers: Numbers, now: int) -> Decision:
        _job_id, attempt, producer, number, items, lease = self.batch
        self.refused = None
        try:
            rules.check_attempt(job, attempt)
        except Fenced as fenced:
            return self._recorded(fenced, job, numbers, now)
        last = numbers.last(attempt, producer)
        if number <= last:
            return job, (), ()
        if number > last + 1:
            raise BatchGap(last + 1, number)
        after, changes = rules.report(job, attempt, items, now)
        return after, changes, (BatchMark(producer, number, attempt, lease),)

    def answer(self) -> Ack | HeadwayError:
        """What its sender is told."""
        refusal, job = self.error or self.refused, self.state
        if refusal is not None:
            return refusal
        assert job is not None
        cancel_requested = job.cancel_requested_at is not None
        return Ack(self.job_id, job.attempt, job.version, job.seq, job.status, cancel_requested)

    def _recorded(self, fenced: Fenced, job: Job, numbers: Numbers, now: int) -> Decision:
        """The first refusal of a superseded producer becomes history; more of the same would only fill it."""
        self.refused = fenced
        name = f"{self.batch.producer}!"
        if numbers.last(self.batch.attempt, name):
            return job, (), ()
        refusal = c.RecordRefusal(attempt=self.batch.attempt, producer=self.batch.producer)
        after, changes = rules.apply(job, refusal, now)
        return after, changes, (BatchMark(producer=name, seq=1, attempt=self.batch.attempt),)
