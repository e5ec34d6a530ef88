"""One client of a stream, from its first byte to its last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from headway.core.errors import StoreUnavailable
from headway.hub import frames
from headway.hub.channel import Channel
from headway.hub.cursor import ResetReason
from headway.hub.feed import Feed, Page
from headway.hub.frames import Frame
from headway.stores.reach import Reach

_log = logging.getLogger("headway.hub")


class Outlet(Protocol):
    """The way to one client. At most one write is under way at a time."""

    drained: Callable[[], None] | None  # called when a write is done that was still under way

    def write(self, body: bytes) -> bool:
        """Sends; False while the client takes it. A client that is gone takes everything."""
        ...

    async def put(self, body: bytes) -> None:
        """Sends, and returns when the client took it."""
        ...

    def finish(self, last: bytes) -> None:
        """Sends the last bytes, after what is under way, and ends the response."""
        ...


class Reader:
    """Opens (snapshots, or what it missed), then follows its channel, and opens again if it fell too far behind."""

    __slots__ = (
        "_channel",
        "_feed",
        "_goodbye",
        "_opening",
        "_outlet",
        "_stuck_since",
        "born",
        "last",
        "place",
        "reach",
    )

    def __init__(
        self, channel: Channel, feed: Feed, outlet: Outlet, *, goodbye: Callable[[], bytes], now: float
    ) -> None:
        self.place: int | None = None
        self.reach: Reach | None = None
        self.last: Frame | None = None
        self.born = now
        self._stuck_since: float | None = None
        self._channel = channel
        self._feed = feed
        self._outlet = outlet
        self._goodbye = goodbye
        self._opening: asyncio.Task[None] | None = None
        outlet.drained = self._drained

    def open(self, cursor: str | None) -> None:
        """Begins to send, in the background."""
        self._begin(self._feed.pages(self._channel, cursor, shared=True))

    def lag(self) -> None:
        self._begin(self._feed.again(self._channel, ResetReason.LAGGED))

    def write(self, body: bytes) -> bool:
        if self._outlet.write(body):
            return True
        self._stuck_since = asyncio.get_running_loop().time()
        return False

    def finish(self, last: bytes) -> None:
        self.close()
        self._outlet.finish(last)

    def stuck_for(self, now: float) -> float:
        """Seconds that the client has taken nothing of what waits for it."""
        return 0.0 if self._stuck_since is None else now - self._stuck_since

    def close(self) -> None:
        """Nothing more is read or sent for it."""
        self._channel.leave(self)
        self._outlet.drained = None
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def _begin(self, pages: AsyncIterator[Page]) -> None:
        self._opening = asyncio.get_running_loop().create_task(self._open(pages))

    async def _open(self, pages: AsyncIterator[Page]) -> None:
        try:
            await self._tell(pages)
        except Exception as error:  # noqa: BLE001  # the client is told to come back, the log says why
            _log.warning("a stream cannot begin: %s", error, exc_info=not isinstance(error, StoreUnavailable))
            self._opening = None
            self.finish(self._goodbye())
        else:
            self._opening = None
            self._channel.settle(self)

    async def _tell(self, pages: AsyncIterator[Page]) -> None:
        cursor = None
        async for page in pages:
            if body := page.sse(self._channel.mint):
                await self._outlet.put(body)
            cursor, self.last = page.cursor, page.last
            self.place, self.reach = None, cursor.reach
        if cursor is not None:
            await self._outlet.put(frames.synced(cursor))

    def _drained(self) -> None:
        self._stuck_since = None
        if self._opening is None:
            self._channel.settle(self)
