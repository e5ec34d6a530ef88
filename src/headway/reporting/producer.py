"""One worker's part in one attempt: numbers its batches, and keeps each until its fate is known."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence

from headway.core.commands import Cancel, Fail, Report, Succeed, Wait
from headway.core.errors import Cancelled, Fenced, HeadwayError, IllegalTransition, StoreUnavailable
from headway.reporting.batch import Ack, Attached, Batch
from headway.reporting.counter import Counter
from headway.reporting.link import NewJob
from headway.reporting.outbox import Outbox

logger = logging.getLogger("headway")

_ENDING = (Succeed, Fail, Cancel, Wait)
RELEASED = "-"  # the lease of a producer that has let go: it never beats


class Producer:
    """Sends the reports of one handle. Its own lock keeps its batches in order."""

    def __init__(self, outbox: Outbox, job_id: str, on_joined: Callable[[Producer], None]) -> None:
        self.job_id = job_id
        self.part: Attached | None = None
        self.dropped = False  # nobody holds the handle any more
        self.counters: dict[str | None, Counter] = {None: Counter(outbox.tally)}
        self.ended = False
        self.stop: HeadwayError | None = None  # Cancelled or Fenced, once known
        self._outbox = outbox
        self._on_joined = on_joined
        self._forked = False
        self._lock = threading.Lock()
        self._seq = 0
        self._unsettled: Batch | None = None

    def attach(self, *, takeover: bool = False, leads: bool = False) -> Attached:
        """Takes part in the job's attempt, as a producer with numbers of its own; `leads` as if it had begun it."""
        part = self._outbox.attach(self.job_id, os.urandom(16).hex(), takeover=takeover)
        return self._takes_part(part._replace(began=part.began or leads))

    def start(self, new: NewJob) -> Attached:
        """Takes part in a job that is made with it."""
        part = self._outbox.start(new, os.urandom(16).hex())
        self.job_id = part.job_id
        return self._takes_part(part)

    @property
    def began(self) -> bool:
        """Whether this very process began the attempt, or goes on with it: only then does leaving a `with` end it."""
        return self.part is not None and self.part.began

    def counter(self, step: str | None) -> Counter:
        """The counter of a step, or of whatever is running for None."""
        found = self.counters.get(step)
        if found is None:
            found = Counter(self._outbox.tally)
            found.stopped = self.stop is not None
            self.counters[step] = found
        return found

    def report(self, items: Sequence[Report]) -> Ack:
        """Stores items, with all that was counted before them. Raises what refused them, Cancelled, or Fenced."""
        if self.stop is not None and not (isinstance(self.stop, Cancelled) and isinstance(items[-1], _ENDING)):
            raise self.stop
        with self._lock:
            part = self._joined()
            if self._unsettled is not None:
                self._resend(self._unsettled)
            ticks = self._taken()
            batch = self._numbered(part, (*ticks, *items))
            answer: Ack | HeadwayError | None = None
            try:
                answer = self._outbox.send(batch)
                settled = self._settled(batch, answer)
                self._outbox.tally.transitions += len(items)
                return settled
            except BaseException:
                self._kept(batch, ticks, answer)
                raise

    def ticks(self, *, pulse: bool = False) -> Batch | None:
        """What the flusher should send now; None when there is nothing, or a report is on its way.

        `pulse` asks for a batch even if it is empty: over HTTP it renews the lease.
        """
        if self.ended or isinstance(self.stop, Fenced) or not self._lock.acquire(blocking=False):
            return None
        try:
            wanted = (pulse and self.part is not None) or any(counter.dirty for counter in list(self.counters.values()))
            if self._unsettled is None and wanted and (self.part is not None or self._forked):
                self._unsettled = self._numbered(self._joined(), self._taken())
            return self._unsettled
        finally:
            self._lock.release()

    def release(self) -> None:
        """Lets go of the job without ending it: its lease no longer speaks for this producer."""
        with self._lock:
            if self.part is None or self.ended or isinstance(self.stop, Fenced):
                return
            if self._unsettled is not None:
                self._resend(self._unsettled)
            batch = self._numbered(self.part, self._taken())._replace(lease=RELEASED)
            answer = self._outbox.send(batch)
            self.ended = True
        if not isinstance(answer, Ack):
            logger.warning("the last progress of job %s was refused: %s", self.job_id, answer)

    def ticked(self, batch: Batch, answer: Ack | HeadwayError) -> HeadwayError | None:
        """Takes note of what became of a batch of ticks; returns the error if it was refused for good."""
        with self._lock:
            if self._unsettled is not batch or isinstance(answer, StoreUnavailable):
                return None
            self._unsettled = None
            try:
                self._settled(batch, answer)
            except HeadwayError as error:
                return error
            return None

    def unsent(self) -> list[Report]:
        """What was counted and is not known to be stored, for whoever wants to look at it."""
        waiting = self._unsettled
        kept = [] if waiting is None else list(waiting.items)
        return kept + [item for step, counter in list(self.counters.items()) for item in counter.seen(step)]

    def told(self, *, attempt: int, cancel_requested: bool) -> None:
        """News about the job that came without a report."""
        if self.part is not None and attempt > self.part.attempt:
            self._halt(Fenced(self.job_id, self.part.attempt, attempt))
        self._told(cancel_requested, None)

    @property
    def waiting(self) -> int:
        """What was counted and not taken yet."""
        return sum(counter.waiting for counter in list(self.counters.values()))

    def after_fork(self) -> None:
        """In a forked child: nothing of the parent's is sent; the first report takes part anew."""
        self._lock = threading.Lock()
        self._forked = self._forked or self.part is not None
        self.part = None
        self._unsettled = None
        for counter in self.counters.values():
            counter.after_fork()

    def _takes_part(self, part: Attached) -> Attached:
        self.part, self._seq, self._unsettled, self.ended = part, 0, None, False
        self._forked = False
        self._told(part.cancel_requested, None)
        self._on_joined(self)
        return part

    def _joined(self) -> Attached:
        if self.part is None and not self._forked:
            raise IllegalTransition("report", "pending", "attach to it first")
        return self.part or self.attach()

    def _taken(self) -> list[Report]:
        items: list[Report] = []
        for step, counter in list(self.counters.items()):
            if counter.dirty:
                items += counter.take(step)
        return items

    def _numbered(self, part: Attached, items: Sequence[Report]) -> Batch:
        _job_id, _kind, attempt, producer, lease, *_ = part
        return Batch(self.job_id, attempt, producer, self._seq + 1, tuple(items), lease)

    def _kept(self, batch: Batch, ticks: Sequence[Report], answer: Ack | HeadwayError | None) -> None:
        """After a report that was interrupted or refused: what was counted goes next, and with its number.

        The number may be taken, unless it is known to be refused. A report that was stored all the same is then not
        counted twice, and the next one is not mistaken for it.
        """
        refused = isinstance(answer, HeadwayError)
        if self._seq != batch.producer_seq and (ticks or not refused):
            self._unsettled = batch._replace(items=tuple(ticks))

    def _resend(self, batch: Batch) -> None:
        """A batch of ticks whose fate is unknown goes first, with its own number, so that nothing counts twice."""
        answer = self._outbox.send(batch)
        self._unsettled = None
        if isinstance(answer, Ack):
            self._settled(batch, answer)
        else:
            logger.warning("progress of job %s was refused: %s", self.job_id, answer)

    def _settled(self, batch: Batch, answer: Ack | HeadwayError) -> Ack:
        if isinstance(answer, Fenced):
            self._halt(answer)
        if isinstance(answer, HeadwayError):
            raise answer
        self._seq = batch.producer_seq
        if answer.cancel_requested:
            self._told(True, batch)
        return answer

    def _told(self, cancel_requested: bool, batch: Batch | None) -> None:
        ending = batch is not None and bool(batch.items) and isinstance(batch.items[-1], _ENDING)
        if cancel_requested and self.stop is None and not ending:
            self._halt(Cancelled(self.job_id))

    def _halt(self, error: HeadwayError) -> None:
        self.stop = error
        for counter in list(self.counters.values()):
            counter.stopped = True
