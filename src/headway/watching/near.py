"""Follows a store that this process has opened: snapshots first, then every change, in the tailer's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from headway.core.errors import StoreUnavailable
from headway.core.job import Job
from headway.hub.cursor import ResetReason
from headway.hub.feed import FINISHED
from headway.hub.frames import Batch, Frame, Kind
from headway.hub.tailer import AWAY_S, Reached, Tailer
from headway.reporting.outage import Outage
from headway.stores.protocol import Filter, Store
from headway.stores.reach import Reach
from headway.watching.change import Ended, Tell, changed, logger, over, reset, synced

Seen = Callable[[Job], None]

SEEN_S = 0.25  # whoever keeps states knows what its own process reports, and hears of others no more often than this


class Near:
    """Nothing waits between the store and the one who is told: while that one is busy, the store is not read.

    With `seen`, that is called with the newest state of each job that changed, and no change is told.
    """

    def __init__(self, store: Store, filter: Filter, tell: Tell, outage: Outage, seen: Seen | None = None) -> None:
        self._store = store
        self._filter = filter
        self._tell = tell
        self._outage = outage
        self._seen = seen
        self._stopping = threading.Event()
        self._reach: Reach | None = None  # what the snapshots include; None before there were any
        self._tailer = self._new_tailer()

    def start(self) -> None:
        """Begins to read."""
        self._tailer.start()

    def stop(self) -> None:
        """Nothing more is read; what is being told just now is told to its end."""
        self._stopping.set()
        self._tailer.stop()
        self._outage.over(self)

    def join(self, timeout_s: float) -> None:
        """Waits until nobody is told anything any more."""
        self._tailer.join(timeout_s)

    def begun(self, reached: Reached) -> None:
        """Called by the tailer: it keeps what comes from here on, so what there is now can be read."""
        horizon, jobs = self._store.snapshot(self._filter, finished=FINISHED)
        self._outage.over(self)
        if self._reach is not None:
            self._tell(reset(ResetReason.OTHER_STORE))
        self._reach = horizon.reach
        frames = [Frame(Kind.SNAPSHOT, horizon.position, job) for job in jobs]
        self._tell_all(frames)
        self._tell(synced())

    def delivered(self, batch: Batch) -> None:
        """Called by the tailer: changes in order, of which the snapshots may have told some already."""
        assert self._reach is not None
        reach = self._reach
        self._outage.over(self)
        self._tell_all(
            [frame for frame in batch.frames if self._filter.admits(frame.job) and not reach.covers(frame.position)]
        )

    def failed(self, error: Exception) -> None:
        """Called by the tailer as the last thing it does: another one begins anew."""
        if self._stopping.is_set() or isinstance(error, Ended):
            return
        if isinstance(error, StoreUnavailable):
            self._outage.noticed(self, error, "it is watched again when it is back")
        else:
            logger.error("cannot follow the store; beginning anew", exc_info=error)
        self._stopping.wait(AWAY_S)
        if not self._stopping.is_set():
            self._tailer = self._new_tailer()
            self._tailer.start()

    def _new_tailer(self) -> Tailer:
        if self._seen is None:
            return Tailer(self._store, self, away=self._away)
        return Tailer(self._store, self, away=self._away, tick_s=SEEN_S)

    def _away(self, error: StoreUnavailable) -> None:
        self._outage.noticed(self, error, "it is watched again when it is back")

    def _tell_all(self, frames: list[Frame]) -> None:
        last = {frame.job.id: frame for frame in frames}
        if self._seen is not None:
            for frame in last.values():
                self._seen(frame.job)
            return
        for frame in frames:
            if self._stopping.is_set():
                raise Ended
            self._tell(changed(frame.kind, frame.payload.value))
            ends = frame.ends and (frame.kind is Kind.EVENT or last[frame.job.id] is frame)
            if ends and len(self._filter.jobs) == 1:
                self._stopping.set()
                self._tell(over(frame.job.id, frame.job.status))
                raise Ended
