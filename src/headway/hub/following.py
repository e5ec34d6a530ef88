"""The tailer's life in an event loop: it starts when somebody watches, and stops a while after nobody does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from headway.core.errors import StoreUnavailable
from headway.hub.bridge import Bridge
from headway.hub.frames import Batch, Frame
from headway.hub.tailer import Reached, Tailer
from headway.hub.tide import Tide
from headway.stores.protocol import Store

_log = logging.getLogger("headway.hub")


class Following:
    """Keeps the tide.

    `wants` tells which frames are worth encoding ahead. `arrived` is called with each batch, `broken` when what was
    delivered does not go on: the store was replaced, or cannot be followed.
    """

    def __init__(
        self,
        store: Store,
        *,
        wants: Callable[[Frame], bool],
        arrived: Callable[[Batch], None],
        broken: Callable[[], None],
        tick_s: float,
        floor_s: float,
        linger_s: float,
    ) -> None:
        self._store = store
        self._wants = wants
        self._arrived = arrived
        self._broken = broken
        self._tick_s = tick_s
        self._floor_s = floor_s
        self._linger_s = linger_s
        self._tide: asyncio.Future[Tide] | None = None
        self._tailer: Tailer | None = None
        self._bridge: Bridge | None = None
        self._parting: asyncio.TimerHandle | None = None

    async def tide(self) -> Tide:
        """How far the store was followed; it is from now on. Raises StoreUnavailable."""
        self.keep()
        if self._tide is None:
            self._start()
        assert self._tide is not None
        return await asyncio.shield(self._tide)

    def wake(self) -> None:
        """This process has written something."""
        if self._tailer is not None:
            self._tailer.wake()

    def keep(self) -> None:
        """Somebody watches."""
        if self._parting is not None:
            self._parting.cancel()
            self._parting = None

    def idle(self) -> None:
        """Nobody watches: stops soon, unless somebody comes."""
        self.keep()
        self._parting = asyncio.get_running_loop().call_later(self._linger_s, self.stop)

    def stop(self) -> Tailer | None:
        """Stops without waiting; the tailer, so that its thread can be joined."""
        self.keep()
        tailer, self._tailer = self._tailer, None
        bridge, self._bridge = self._bridge, None
        if bridge is not None:
            bridge.close()
        if tailer is not None:
            tailer.stop()
        if self._tide is not None and not self._tide.done():
            self._tide.set_exception(StoreUnavailable(self._store.url, "nobody follows it any more"))
            self._tide.exception()
        self._tide = None
        return tailer

    def begun(self, reached: Reached) -> None:
        """In the loop: the tailer follows from here on, for the first time or anew."""
        assert self._tide is not None
        if self._tide.done():
            _log.warning("the store %s was replaced; every stream begins anew", self._store.url)
            self._tide = asyncio.get_running_loop().create_future()
            self._broken()
        self._tide.set_result(Tide(epoch=reached.horizon.epoch, reach=reached.horizon.reach, check=reached.check))

    def delivered(self, batch: Batch) -> None:
        assert self._tide is not None
        tide = self._tide.result()
        tide.reach, tide.check = batch.reach, batch.check
        self._arrived(batch)

    def failed(self, error: Exception) -> None:
        tide = self._tide
        began = tide is not None and tide.done()
        if tide is not None and not began:
            tide.set_exception(error)
            tide.exception()  # looked at: it may be that nobody waits any more
            self._tide = None
        self.stop()
        if began:
            _log.error("cannot follow the store any more; every stream begins anew", exc_info=error)
            self._broken()

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tide = loop.create_future()
        self._bridge = Bridge(loop, self, self._wants)
        self._tailer = Tailer(self._store, self._bridge, tick_s=self._tick_s, floor_s=self._floor_s)
        self._tailer.start()
