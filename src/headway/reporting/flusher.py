"""The one background loop of a reporting process: brings ticks to the store, keeps the lease, hears of cancels."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from headway.core.commands import Report
from headway.core.errors import HeadwayError, StoreUnavailable
from headway.reporting.batch import Ack, Batch
from headway.reporting.outbox import Outbox
from headway.reporting.producer import Producer
from headway.reporting.role import Role

logger = logging.getLogger("headway")

NEWS_EVERY_S = 0.5  # how soon a worker that reports nothing hears that it should stop
RECOVER_EVERY_S = 1.0


class Flusher:
    """At most one write per interval for all ticks of the process, however often they were counted."""

    def __init__(self, outbox: Outbox, *, interval_s: float, beat_s: float, monotonic: Callable[[], float]) -> None:
        self._outbox = outbox
        self._interval_s = interval_s
        self._beat_s = beat_s
        self._monotonic = monotonic
        self._producers: dict[int, Producer] = {}
        self._lock = threading.Lock()
        self._due = {"beat": monotonic() + beat_s, "news": 0.0, "recover": 0.0, "pulse": 0.0}
        self._role = Role("flusher", self.turn)

    def add(self, producer: Producer) -> None:
        """Starts to look after a producer."""
        with self._lock:
            self._producers[id(producer)] = producer
        self._role.start()

    def remove(self, producer: Producer) -> None:
        """A dropped handle stops keeping its job alive."""
        with self._lock:
            self._producers.pop(id(producer), None)

    def turn(self) -> float:
        """One round of the loop; returns the seconds until the next."""
        self._release_dropped()
        self.flush()
        if self._is_due("beat", self._beat_s) and self._producers:
            self._beat()
        if self._is_due("recover", RECOVER_EVERY_S):
            self._outbox.recover()
        if self._is_due("news", NEWS_EVERY_S):
            self._hear()
        return self._interval_s

    def counting(self) -> set[str]:
        """The jobs for which something was counted and not sent yet."""
        return {producer.job_id for producer in self._held() if producer.unsent()}

    def waiting(self) -> int:
        """How much was counted and not taken yet."""
        return sum(producer.waiting for producer in self._held())

    def unsent(self, job_id: str) -> list[Report]:
        """What this process has counted for a job and not sent yet; it stays counted."""
        return [item for producer in self._held() if producer.job_id == job_id for item in producer.unsent()]

    def flush(self) -> None:
        """Sends what was counted since the last time, in one write."""
        pulse = self._outbox.link.pulse_s
        due = pulse is not None and self._is_due("pulse", pulse)
        waiting = self._waiting(pulse=due)
        if not waiting or self._outbox.away:
            return
        answers = self._outbox.send_ticks([batch for _, batch in waiting])
        self._outbox.tally.flushes += any(map(_brought, waiting, answers))
        for (producer, batch), answer in zip(waiting, answers, strict=True):
            refused = producer.ticked(batch, answer)
            if refused is not None:
                logger.warning("progress of job %s was refused: %s", batch.job_id, refused)

    def stop(self, timeout_s: float = 2.0) -> None:
        """Stops the loop and flushes once more."""
        self._role.stop(timeout_s)
        self.flush()
        for producer, batch in self._waiting():  # the store is away: from here on only the spool can keep them
            producer.ticked(batch, self._outbox.send(batch))

    def after_fork(self) -> None:
        """In a forked child no thread runs. The loop starts again if handles came along: they may count at any time."""
        self._lock = threading.Lock()
        self._role = Role("flusher", self.turn)
        for producer in self._producers.values():
            producer.after_fork()
        if self._producers:
            self._role.start()

    def _beat(self) -> None:
        try:
            self._outbox.link.beat()
            self._outbox.outage.over(self)
        except StoreUnavailable as error:
            self._outbox.outage.noticed(self, error, "the lease of this process is renewed when it is back")

    def _release_dropped(self) -> None:
        for producer in self._held():
            if producer.dropped:
                self.remove(producer)
                producer.release()

    def _waiting(self, *, pulse: bool = False) -> list[tuple[Producer, Batch]]:
        asked = [(producer, self._ticks(producer, pulse)) for producer in self._held()]
        return [(producer, batch) for producer, batch in asked if batch is not None]

    def _ticks(self, producer: Producer, pulse: bool) -> Batch | None:
        """A forked handle takes part anew here; if it cannot, the others still travel and the lease still beats."""
        try:
            return producer.ticks(pulse=pulse)
        except StoreUnavailable:
            return None  # what it counted stays with it until the store is back
        except HeadwayError as error:
            logger.warning("progress of job %s was refused: %s", producer.job_id, error)
            self.remove(producer)
            return None

    def _held(self) -> list[Producer]:
        with self._lock:
            return list(self._producers.values())

    def _is_due(self, duty: str, every_s: float) -> bool:
        now = self._monotonic()
        if now < self._due[duty]:
            return False
        self._due[duty] = now + every_s
        return True

    def _hear(self) -> None:
        held = self._held()
        if not held:
            return
        try:
            news = {item.job_id: item for item in self._outbox.link.news([producer.job_id for producer in held])}
        except HeadwayError:
            return  # the store is away: recover() and the next report say so
        for producer in held:
            if item := news.get(producer.job_id):
                producer.told(attempt=item.attempt, cancel_requested=item.cancel_requested)


def _brought(waiting: tuple[Producer, Batch], answer: Ack | HeadwayError) -> bool:
    """Whether something that was counted has arrived; a pulse brings nothing."""
    return bool(waiting[1].items) and isinstance(answer, Ack)
