"""One hub for an event loop and its store: readers come and go, the store is followed while there are any."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from headway.core.errors import StoreUnavailable
from headway.hub import frames
from headway.hub.channel import Channel
from headway.hub.channels import Channels
from headway.hub.feed import Feed
from headway.hub.following import Following
from headway.hub.reader import Outlet, Reader
from headway.hub.versions import Versions
from headway.stores.protocol import Filter, Store

_T = TypeVar("_T")
_LEAVE_S = 2.0  # how long the last bytes may take when the hub closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often things happen, in seconds, and how much there may be."""

    tick_s: float = 0.02  # changes that come within it go out together
    floor_s: float = 1.0  # the store is asked at least this often while somebody watches
    heartbeat_s: float = 15.0  # an idle stream shows that it lives
    stuck_s: float = 30.0  # a client that takes nothing for so long is let go; it resumes when it comes back
    linger_s: float = 10.0  # how long the store is followed after the last reader left
    age_s: float | None = None  # a stream that is older is sent away to come back; None: never
    retry_s: tuple[float, float] = (1.0, 4.0)  # when a client should come back: spread, so that they come one by one
    readers_max: int = 10_000
    read_threads: int = 4


class Hub:
    """Watches a store for the readers of one event loop."""

    def __init__(self, store: Store, pace: Pace | None = None) -> None:
        self._store = store
        self.pace = pace or Pace()
        self.closed = False
        self.readers: set[Reader] = set()
        self.feed = Feed(store, self.read)
        self.versions = Versions(store, self.read)
        self._pool = ThreadPoolExecutor(self.pace.read_threads, "headway-read")
        self._channels = Channels()
        self._following = Following(
            store,
            wants=self._channels.want,
            arrived=self._channels.route,
            broken=self._send_away,
            tick_s=self.pace.tick_s,
            floor_s=self.pace.floor_s,
            linger_s=self.pace.linger_s,
        )
        self._beating: asyncio.TimerHandle | None = None
        self._empty = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether no more readers can be taken."""
        return self.closed or len(self.readers) >= self.pace.readers_max

    async def read(self, call: Callable[..., _T], *args: Any) -> _T:
        """Runs a read of the store in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *args)

    async def use(self, filter: Filter) -> Channel:
        """The channel of a filter: from now on it keeps what happens, until it is released. Raises StoreUnavailable."""
        if self.closed:
            raise StoreUnavailable(self._store.url, "is not watched any more: the server is leaving")
        channel = self._channels.use(filter, await self._following.tide())
        if self._beating is None:
            self._beating = asyncio.get_running_loop().call_later(self.pace.heartbeat_s, self._beat)
        return channel

    def release(self, channel: Channel) -> None:
        self._channels.release(channel)
        if channel.users == 0:
            self.feed.leave(channel)
        if len(self._channels) == 0:
            self._following.idle()

    def connect(self, channel: Channel, outlet: Outlet, cursor: str | None) -> Reader:
        """A reader of a channel; it begins to send at once."""
        now = asyncio.get_running_loop().time()
        reader = Reader(channel, self.feed, outlet, goodbye=self.goodbye, now=now)
        self.readers.add(reader)
        reader.open(cursor)
        return reader

    def disconnect(self, reader: Reader) -> None:
        """Its client is gone."""
        reader.close()
        self.readers.discard(reader)
        if not self.readers:
            self._empty.set()

    def goodbye(self) -> bytes:
        """The last bytes for a client that should come back, not all of them at once."""
        low, high = self.pace.retry_s
        return frames.retry(int(1000 * random.uniform(low, high)))

    def wake(self) -> None:
        """This process has written something: no need to wait for the store's hint."""
        self._following.wake()

    async def close(self) -> None:
        """Sends everybody away and stops following; returns within seconds.

        Who is being answered just now may still read: the threads for that end when nobody holds the hub any more.
        """
        self.closed = True
        self._empty.clear()
        self._send_away()
        tailer = self._following.stop()
        if self._beating is not None:
            self._beating.cancel()
        if tailer is not None:
            await asyncio.to_thread(tailer.join, _LEAVE_S)
        if self.readers:
            await asyncio.wait([asyncio.ensure_future(self._empty.wait())], timeout=_LEAVE_S)

    def _send_away(self) -> None:
        for reader in list(self.readers):
            reader.finish(self.goodbye())
        self._channels.clear()

    def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        self._beating = loop.call_later(self.pace.heartbeat_s, self._beat) if len(self._channels) else None
        self._channels.beat()
        self.feed.forget()
        for reader in list(self.readers):
            if self._outstayed(reader, loop.time()):
                reader.finish(self.goodbye())

    def _outstayed(self, reader: Reader, now: float) -> bool:
        age = self.pace.age_s
        return reader.stuck_for(now) > self.pace.stuck_s or (age is not None and now - reader.born > age)
