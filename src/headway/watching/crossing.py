"""The way of changes from a subscription's thread into an event loop: bounded, so that nothing piles up between."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator

from headway.watching.change import Change

LOOK_S = 0.2  # how soon a thread that waits for room notices that nobody takes anything any more


class Crossing:
    """`put` is called in the thread and waits for room, `taken` is iterated over in the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, waiting_max: int) -> None:
        self._loop = loop
        self._room = threading.Semaphore(waiting_max)
        self._waiting: asyncio.Queue[Change] = asyncio.Queue()
        self._closed = False

    def put(self, change: Change) -> None:
        """Hands a change over, as soon as there is room for it."""
        while not self._room.acquire(timeout=LOOK_S):
            if self._closed or self._loop.is_closed():
                return
        if not (self._closed or self._loop.is_closed()):
            self._loop.call_soon_threadsafe(self._waiting.put_nowait, change)

    async def taken(self) -> AsyncGenerator[Change, None]:
        """The changes in order; over after the `end` of a single job."""
        while True:
            change = await self._waiting.get()
            self._room.release()
            yield change
            if change["event"] == "end":
                return

    def close(self) -> None:
        """Nothing crosses any more."""
        self._closed = True
