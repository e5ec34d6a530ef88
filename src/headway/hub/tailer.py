"""The one thread that follows the store's changes, and hands them on as batches."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from headway.core.errors import StoreUnavailable
from headway.hub.batches import batch
from headway.hub.frames import Batch
from headway.stores.protocol import Horizon, Store, Watcher

DELTA_MAX = 256  # changes in one batch: bounds what is written to a reader at once
AWAY_S = 0.5  # pause before a store that is away is asked again

_log = logging.getLogger("headway.hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What the tailer has delivered, or begins with. `check`: of the newest event up to the position of that."""

    horizon: Horizon
    check: str


class Listener(Protocol):
    """Who is told, in the tailer's own thread; a call returns when what it tells was dealt with."""

    def begun(self, reached: Reached) -> None:
        """The tailer follows from here on, for the first time or anew because the store was replaced."""
        ...

    def delivered(self, batch: Batch) -> None:
        """Changes, in order of each job; or none, when what was delivered is only proven further than before."""
        ...

    def failed(self, error: Exception) -> None:
        """The tailer could not begin, or could not go on; it has ended."""
        ...


class Tailer:
    """Wakes when the store changes, at least every `floor_s`. The first change goes out at once, what follows within
    `tick_s` together; under load a batch takes at most half of the time.
    """

    def __init__(
        self,
        store: Store,
        listener: Listener,
        *,
        tick_s: float = 0.02,
        floor_s: float = 1.0,
        away: Callable[[StoreUnavailable], None] | None = None,
    ) -> None:
        self._store = store
        self._listener = listener
        self._tick_s = tick_s
        self._floor_s = floor_s
        self._stopping = threading.Event()
        self._watcher: Watcher | None = None
        self._away = False
        self._tell_away = away or _log_away
        self._asked_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="headway-tailer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was written by this very process: no need to wait for the hint."""
        if self._watcher is not None:
            self._watcher.wake()

    def stop(self) -> None:
        """Asks the thread to end; returns at once."""
        self._stopping.set()
        self.wake()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._watcher = self._store.watch()  # before the first read, or a change between is not noticed
            with closing(self._watcher):
                self._follow(self._watcher, self._begin())
        except Exception as error:  # noqa: BLE001  # handed to those who follow: they begin anew
            self._listener.failed(error)

    def _begin(self) -> Reached:
        horizon = self._store.horizon()
        reached = Reached(horizon=horizon, check=self._store.checkpoint(horizon.position))
        self._listener.begun(reached)
        return reached

    def _follow(self, watcher: Watcher, reached: Reached) -> None:
        more = False
        while not self._stopping.is_set():
            if not more:
                watcher.wait(self._floor_s)
            try:
                if self._replaced(reached):
                    reached = self._begin()
                reached, more = self._step(reached)
            except StoreUnavailable as error:
                more = self._wait_for_store(error)

    def _step(self, reached: Reached) -> tuple[Reached, bool]:
        """Delivers what was not delivered yet; where that leads, and whether there is more already."""
        started = time.monotonic()
        before = reached.horizon.reach
        delta = self._store.delta(before, limit=DELTA_MAX)
        self._away = False
        if delta.reach == before or not delta.reach.includes(before) or self._stopping.is_set():
            return reached, False  # what does not include it is another store: that is asked in time
        made = batch(delta, before, reached.check, self._store)
        self._listener.delivered(made)
        if made.frames:
            self._rest(started)
        return Reached(horizon=reached.horizon._replace(reach=delta.reach), check=made.check), delta.more

    def _replaced(self, reached: Reached) -> bool:
        """Whether the file or database under the store is another one now, or an older backup; asked now and then."""
        now = time.monotonic()
        if now - self._asked_at < self._floor_s:
            return False
        self._asked_at = now
        horizon = self._store.horizon()
        return horizon.epoch != reached.horizon.epoch or not horizon.reach.includes(reached.horizon.reach)

    def _rest(self, started: float) -> None:
        """Lets changes gather until the tick is over, longer when the batch took longer."""
        took = time.monotonic() - started
        self._stopping.wait(max(self._tick_s - took, took))

    def _wait_for_store(self, error: StoreUnavailable) -> bool:
        if not self._away:
            self._tell_away(error)
        self._away = True
        self._asked_at = -math.inf  # what comes back may be an older state of it: that is asked first
        self._stopping.wait(AWAY_S)
        return True


def _log_away(error: StoreUnavailable) -> None:
    _log.warning("cannot follow the store: %s", error)
