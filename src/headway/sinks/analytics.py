"""The way of analytics events to a sink: a bounded queue and one thread, so that nobody waits and nobody fails."""

from __future__ import annotations

import atexit
import logging
import os
import random
import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headway.sinks.hashing import once_id, sampled
from headway.sinks.sink import ONCE, Occurrence, Sink

logger = logging.getLogger("headway.analytics")

BATCH_MAX = 100
ONCE_MAX = 100_000  # keys that are remembered


class Analytics:
    """Never raises and never blocks. That the sink fails is in the log, once for as long as it lasts, and nowhere else.

    Events wait `gather_s` for others to go with: a thread that wakes for each takes the processor from its callers.
    When they come faster than the sink takes them, the newest are dropped and counted (`dropped`). A forked child
    begins with an empty queue: what its parent queued, its parent sends.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        queue_max: int = 1_000,
        leave_s: float = 2.0,
        gather_s: float = 0.1,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sink = sink
        self._queue_max = queue_max
        self._leave_s = leave_s
        self._gather_s = gather_s
        self._clock = clock
        self._chance = chance
        self._closed = False
        self._failing = False
        self.dropped = 0
        self._once: OrderedDict[str, None] = OrderedDict()
        self._begin()
        _outlive(self)

    def send(
        self,
        event: str,
        distinct_id: str,
        properties: Mapping[str, Any] | None = None,
        *,
        rate: float = 1.0,
        key: str | None = None,
        once: str | None = None,
    ) -> bool:
        """Queues an event; whether it will be sent.

        `rate`: the chance of each event to be sent; with a `key`, such as the person's id, all events of this key are
        sent or none, everywhere and always. `once`: an event with this key is sent once; other processes send it with
        the same `$insert_id`, by which the other side knows it. Never give a secret as `distinct_id`: see `hashed`.
        """
        if self._closed or not self._chosen(rate, key):
            return False
        told = dict(properties or {})
        with self._lock:
            if once is not None:
                if once in self._once:
                    return False
                told[ONCE] = once_id(f"{event}\n{once}")
            if len(self._queue) >= self._queue_max:
                self._drop()
                return False
            if once is not None:
                self._remember(once)
            self._queue.append(Occurrence(event=event, distinct_id=distinct_id, properties=told, at=self._clock()))
            self._work()
        return True

    def flush(self, timeout_s: float = 2.0) -> bool:
        """Waits until everything that is queued was sent or has failed; False when the time is over first."""
        with self._lock:
            self._hurrying += 1
            self._due.notify()
            try:
                return self._sent.wait_for(lambda: not self._queue and not self._sending, timeout_s)
            finally:
                self._hurrying -= 1

    def close(self) -> None:
        """Takes no more events, and gives those that are queued as long as `leave_s` to be sent."""
        self._closed = True
        if not self.flush(self._leave_s):
            with self._lock:
                logger.warning("%d analytics events were not sent in time", len(self._queue) + self._sending)
                self._queue.clear()
        with self._lock:
            self._due.notify()

    def after_fork(self) -> None:
        """Called in a forked child."""
        self._begin()

    def _chosen(self, rate: float, key: str | None) -> bool:
        return self._chance() < rate if key is None else sampled(key, rate)

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._due = threading.Condition(self._lock)  # for the thread: there is something to send
        self._sent = threading.Condition(self._lock)  # for those who wait until it was
        self._queue: deque[Occurrence] = deque()
        self._sending = self._hurrying = 0
        self._thread: threading.Thread | None = None

    def _drop(self) -> None:
        if not self.dropped:
            logger.warning("analytics events come faster than they are sent; the newest are dropped")
        self.dropped += 1

    def _remember(self, once: str) -> None:
        self._once[once] = None
        if len(self._once) > ONCE_MAX:
            self._once.popitem(last=False)

    def _work(self) -> None:
        """Starts the thread with the first event; wakes it for the first ones of a batch, and when that is full."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="headway-analytics", daemon=True)
            self._thread.start()
        elif len(self._queue) == 1 or self._pressing():
            self._due.notify()

    def _pressing(self) -> bool:
        """Whether nothing more is waited for."""
        full = len(self._queue) >= min(BATCH_MAX, self._queue_max)
        return full or self._hurrying > 0 or self._closed

    def _run(self) -> None:
        while events := self._taken():
            self._tried(events)
            with self._lock:
                self._sending = 0
                self._sent.notify_all()

    def _taken(self) -> Sequence[Occurrence]:
        """What is queued; waits for it, and gives nothing when it is over."""
        with self._lock:
            self._due.wait_for(lambda: self._queue or self._closed)
            self._due.wait_for(self._pressing, self._gather_s)
            events = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]
            self._sending = len(events)
            return events

    def _tried(self, events: Sequence[Occurrence]) -> None:
        try:
            self._handed(events)
            self._failing = False
        except Exception as error:  # noqa: BLE001  # whatever a sink does, nobody but the log notices
            if not self._failing:
                logger.warning("analytics events cannot be sent: %s", error)
            self._failing = True

    def _handed(self, events: Sequence[Occurrence]) -> None:
        """All at once to a sink that takes several, else one by one; one that fails does not take the others along."""
        several = getattr(self._sink, "send", None)
        if several is not None:
            several(events)
            return
        failed: Exception | None = None
        for each in events:
            try:
                self._sink(each.event, each.distinct_id, each.properties)
            except Exception as error:  # noqa: BLE001  # raised again below, when the others were sent
                failed = error
        if failed is not None:
            raise failed


def _outlive(analytics: Analytics) -> None:
    """Ties it to the ends of the process without keeping it alive."""
    alive = weakref.ref(analytics)

    def close() -> None:
        if (held := alive()) is not None:
            held.close()

    def after_fork() -> None:
        if (held := alive()) is not None:
            held.after_fork()

    atexit.register(close)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=after_fork)
