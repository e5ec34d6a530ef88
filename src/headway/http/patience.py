"""How long a request may stay open: until something happens, its time is over, or its client is gone."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

from starlette.types import Receive


class Patience:
    """The time of one long-poll. Entered without time, it waits for nothing and costs nothing."""

    def __init__(self, receive: Receive, wait_s: float) -> None:
        self._receive = receive
        self._until = asyncio.get_running_loop().time() + wait_s
        self._wait_s = wait_s
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Patience:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._listening is not None:
            self._listening.cancel()

    async def until(self, bell: asyncio.Future[Any]) -> bool:
        """Waits for the bell; False when there is nothing more to wait for."""
        left = self._until - asyncio.get_running_loop().time()
        if self._wait_s <= 0 or left <= 0:
            bell.cancel()
            return False
        if self._listening is None:
            self._listening = asyncio.ensure_future(self._disconnected())
        await asyncio.wait([bell, self._listening], timeout=left, return_when=asyncio.FIRST_COMPLETED)
        rung = bell.done()
        bell.cancel()
        return rung and not self._listening.done()

    async def _disconnected(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
