"""The way of a stream's bytes to its client, over ASGI."""

from __future__ import annotations

import asyncio
import logging
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from starlette.types import Message, Receive, Send

CHUNK = 64 * 1024  # the most that is handed over before the server has said that the client keeps up

_log = logging.getLogger("headway.http")


class Outlet:
    """Writes without a task of its own, as long as the client keeps up.

    The server's own `send` writes at once or waits for the client, and needs no task for either, so it is run in place
    until it waits. A `send` that somebody wrapped may want a task, and gets one for each write.
    """

    __slots__ = ("_ended", "_ending", "_last", "_send", "_writing", "direct", "drained")

    def __init__(self, send: Send) -> None:
        self.drained: Callable[[], None] | None = None
        # With the server itself behind `send`, the end of the response is told by `receive`.
        self.direct = type(getattr(send, "__self__", None)).__module__.startswith("uvicorn.")
        self._send = send
        self._writing: asyncio.Task[None] | None = None
        self._last: bytes | None = None
        self._ending = False
        self._ended: asyncio.Future[None] | None = None

    def write(self, body: bytes) -> bool:
        """Sends; False while the client takes it. A client that is gone takes everything."""
        if self._last is not None:
            return True
        if len(body) > CHUNK:
            return self._continue(self.put(body))
        return self._start({"type": "http.response.body", "body": body, "more_body": True})

    async def put(self, body: bytes) -> None:
        """Sends, and returns when the client took it, or is gone."""
        if self._last is not None:
            return
        for start in range(0, len(body), CHUNK):
            piece = body if len(body) <= CHUNK else body[start : start + CHUNK]
            try:
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            except (OSError, RuntimeError):  # what servers raise for a connection that was reset
                _log.debug("a client is gone", exc_info=True)
                return

    def finish(self, last: bytes) -> None:
        """Sends the last bytes, after what is under way, and ends the response."""
        if self._last is not None:
            return
        self._last = last
        if self._writing is None:
            self._end()

    async def over(self, receive: Receive) -> None:
        """Returns when the client is gone or the response has ended."""
        if self.direct:
            await _disconnected(receive)
            return
        self._ended = asyncio.get_running_loop().create_future()
        if self._ending and self._writing is None:
            return
        listening = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait([listening, self._ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            listening.cancel()

    def _end(self) -> None:
        self._ending = True
        if self._start({"type": "http.response.body", "body": self._last, "more_body": False}):
            self._tell_ended()

    def _start(self, message: Message) -> bool:
        """Sends; False when that goes on in a task."""
        writing: Any = self._send(message)
        if not self.direct:
            return self._continue(writing)
        try:
            waits = writing.send(None)
        except StopIteration:
            return True
        except Exception:  # noqa: BLE001  # one client's end must not be that of the others
            _log.debug("a client is gone", exc_info=True)
            return True
        return self._continue(_resumed(writing, waits))

    def _continue(self, writing: Coroutine[Any, Any, None]) -> bool:
        self._writing = asyncio.get_running_loop().create_task(writing)
        self._writing.add_done_callback(self._written)
        return False

    def _written(self, writing: asyncio.Task[None]) -> None:
        self._writing = None
        error = None if writing.cancelled() else writing.exception()
        if error is not None:
            _log.debug("a client is gone", exc_info=error)
        if self._ending:
            self._tell_ended()
        elif self._last is not None:
            self._end()
        elif self.drained is not None:
            self.drained()

    def _tell_ended(self) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _resumed(writing: Coroutine[Any, Any, None], waits: Any) -> None:
    """Goes on, in a task, with a coroutine that was begun outside of one and `waits` for a future."""
    await _rest(writing, waits)  # from Python 3.12 on a task takes nothing but what `async def` made


@types.coroutine
def _rest(writing: Coroutine[Any, Any, None], waits: Any) -> Generator[Any, Any, None]:
    yield waits
    yield from writing
