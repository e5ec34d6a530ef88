"""Brings batches to the store, or keeps them on the local disk while the store is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from headway.core.commands import Advance, RequestCancel, Retry, Update
from headway.core.errors import BatchGap, HeadwayError, StoreUnavailable
from headway.core.job import Status
from headway.core.wire import Wire
from headway.reporting.batch import Ack, Attached, Batch
from headway.reporting.link import Link, NewJob
from headway.reporting.outage import Outage
from headway.reporting.spool import Spool
from headway.reporting.tally import Tally

logger = logging.getLogger("headway")

TOGETHER = 100  # spooled batches that are written at once: faster than a worker can spool new ones
DRAIN_MAX = 20  # of these in one attempt to empty the spool: bounds how long the flusher is away from its ticks


class Observer(Protocol):
    """Who hears of this process's own reports, in the thread that reports: a call returns at once and never raises."""

    def stored(self, job_id: str) -> None:
        """The store has taken a report on this job, or refused it."""
        ...

    def spooled(self, batch: Batch) -> None:
        """A batch is on the local disk, each item with its time, until the store is back."""
        ...


class Outbox:
    """One per process and store. Transitions are spooled from the first failure until the spool is empty again."""

    def __init__(self, link: Link, spool: Spool, *, clock: Callable[[], int]) -> None:
        self.link = link
        self.tally = Tally()
        self._spool = spool
        self._clock = clock
        self._lock = threading.Lock()
        self._away = False
        self.outage = Outage()
        self.absences = 0  # how often the store was found to be away when a transition was to be written
        self.observers: list[Observer] = []
        self.on_refused: Callable[[Batch, HeadwayError], None] = _log_refusal

    @property
    def away(self) -> bool:
        """Whether the store is away or what was spooled is not written yet."""
        return self._away

    def create(self, new: NewJob) -> str:
        """Creates a job; the store must be there."""
        return self.link.create(new)

    def start(self, new: NewJob, producer: str) -> Attached:
        """Creates a job and takes part in it; the store must be there."""
        part = self.link.start(new, producer)
        self._stored(part.job_id)
        return part

    def attach(self, job_id: str, producer: str, *, takeover: bool) -> Attached:
        """Takes part in a job; the store must be there."""
        part = self.link.attach(job_id, producer, takeover=takeover)
        self._stored(job_id)
        return part

    def ask(self, job_id: str, command: RequestCancel | Retry) -> Wire:
        """Asks for a job to be cancelled or retried."""
        return self.link.ask(job_id, command)

    def send(self, batch: Batch) -> Ack | HeadwayError:
        """Stores a batch, or spools it when the store is away. The answer is an Ack or a refusal."""
        if not self._away:
            try:
                answer = self._spared(batch, self.link.report((batch,))[0])
            except StoreUnavailable as error:
                answer = error
            if not isinstance(answer, StoreUnavailable):
                self._stored(batch.job_id)
                return answer
            self.outage.noticed(self, answer, f"reports are kept in {self._spool.path} until it is back")
        return self._spooled(batch)

    def send_ticks(self, batches: Sequence[Batch]) -> list[Ack | HeadwayError]:
        """Sends ticks; while the store is away they stay with their producers, because newer ones replace them."""
        try:
            answers = self.link.report(batches)
            answers = [self._spared(batch, answer) for batch, answer in zip(batches, answers, strict=True)]
        except StoreUnavailable as error:
            answers = [error] * len(batches)
        for batch, answer in zip(batches, answers, strict=True):
            if isinstance(answer, StoreUnavailable):
                self.outage.noticed(self, answer, "progress is counted on until it is back")
            else:
                self._stored(batch.job_id)
        return answers

    def recover(self) -> bool:
        """Tries to write what was spooled; True when nothing is left."""
        if not self._away and not self._spool.adopt():
            return True
        self._away = True
        for _ in range(DRAIN_MAX):
            waiting = self._spool.oldest(TOGETHER)
            if not waiting:
                break
            if not self._drained(waiting):
                return False
        with self._lock:
            self._away = not self._spool.empty
        if not self._away:
            self.outage.over(self)
        return not self._away

    def close(self) -> None:
        """Leaves what could not be written on disk; the next process that uses this spool folder writes it."""
        self._spool.close()

    def after_fork(self) -> None:
        """The child starts with a spool of its own."""
        self._lock = threading.Lock()
        self._away = False
        self._spool = self._spool.fresh()
        self.tally.clear()
        self.link.after_fork()

    def _stored(self, job_id: str) -> None:
        for observer in self.observers:
            observer.stored(job_id)
        if not self._away:
            self.outage.over(self)

    def _spared(self, batch: Batch, answer: Ack | HeadwayError) -> Ack | HeadwayError:
        """A refused count, as of a step that another worker has ended, does not take along what came with it."""
        while isinstance(answer, HeadwayError) and _is_tick(batch, answer.index):
            logger.warning("progress of job %s was refused: %s", batch.job_id, answer)
            batch = batch._replace(items=tuple(item for at, item in enumerate(batch.items) if at != answer.index))
            try:
                answer = self.link.report((batch,))[0]
            except StoreUnavailable as error:
                return error
        return answer

    def _spooled(self, batch: Batch) -> Ack:
        now = self._clock()
        items = tuple(item if item.at is not None else item._replace(at=now) for item in batch.items)
        timed = batch._replace(items=items)
        with self._lock:
            self._spool.append(timed)
            self.absences += not self._away
            self._away = True
        for observer in self.observers:
            observer.spooled(timed)
        return Ack(
            job_id=batch.job_id,
            attempt=batch.attempt,
            version=0,
            seq=0,
            status=Status.RUNNING,
            cancel_requested=False,
            outcome="spooled",
        )

    def _drained(self, waiting: Sequence[Batch]) -> bool:
        """Writes batches together, up to the first that is refused: those behind it were judged too early."""
        done = 0
        for batch, answer in zip(waiting, self.send_ticks(waiting), strict=True):
            stored = isinstance(answer, Ack)
            if not stored and (isinstance(answer, StoreUnavailable) or not self._delivered(batch)):
                break
            done += 1
            if not stored:
                break
        self._spool.drop(done)
        return done > 0

    def _delivered(self, batch: Batch) -> bool:
        """True when the batch is stored or refused for good. A refused one gives up its number to an empty batch,
        so that those behind it are not mistaken for a gap.
        """
        answer = self.send_ticks((batch,))[0]
        if isinstance(answer, BatchGap) and answer.expected < answer.got:
            # A line before it could not be read, or its disk lost it: its numbers go to empty batches.
            logger.warning("spooled reports of job %s are missing before number %d", batch.job_id, answer.got)
            for number in range(answer.expected, answer.got):
                answer = self.send_ticks((batch._replace(producer_seq=number, items=()),))[0]
                if not isinstance(answer, Ack):
                    break
            else:
                answer = self.send_ticks((batch,))[0]
        if isinstance(answer, StoreUnavailable):
            return False
        if isinstance(answer, HeadwayError):
            self.on_refused(batch, answer)
            return not isinstance(self.send_ticks((batch._replace(items=()),))[0], StoreUnavailable)
        return True


def _is_tick(batch: Batch, index: int | None) -> bool:
    return index is not None and 0 <= index < len(batch.items) and isinstance(batch.items[index], Advance | Update)


def _log_refusal(batch: Batch, error: HeadwayError) -> None:
    logger.warning("a spooled report of job %s was refused: %s", batch.job_id, error)
