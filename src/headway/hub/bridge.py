"""The crossing from the tailer's thread into the event loop: one batch at a time, so that nothing piles up between."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Protocol

from headway.hub.frames import Batch, Frame
from headway.hub.tailer import Reached


class Shore(Protocol):
    """What is called in the loop."""

    def begun(self, reached: Reached) -> None: ...

    def delivered(self, batch: Batch) -> None: ...

    def failed(self, error: Exception) -> None: ...


class Bridge:
    """Calls the shore from another thread and waits until it is through, or until the loop is gone."""

    def __init__(self, loop: asyncio.AbstractEventLoop, shore: Shore, wants: Callable[[Frame], bool]) -> None:
        self._loop = loop
        self._shore = shore
        self._wants = wants
        self._closed = False
        self._passed = threading.Semaphore(0)

    def begun(self, reached: Reached) -> None:
        self._cross(self._shore.begun, reached)

    def delivered(self, batch: Batch) -> None:
        for frame in batch.frames:
            if self._wants(frame):
                frame.payload.encode()  # on this side: a job of a thousand steps would hold up the loop
        self._cross(self._shore.delivered, batch)

    def failed(self, error: Exception) -> None:
        if not self._loop.is_closed():
            self._cross(self._shore.failed, error)

    def close(self) -> None:
        """Nothing crosses any more; called in the loop."""
        self._closed = True
        self._passed.release()

    def _cross(self, call: Callable[[Any], None], what: object) -> None:
        if self._closed:
            return
        self._loop.call_soon_threadsafe(self._pass, call, what)
        while not self._passed.acquire(timeout=1.0):
            if self._loop.is_closed():
                raise RuntimeError("the event loop was closed under its hub")

    def _pass(self, call: Callable[[Any], None], what: object) -> None:
        try:
            if not self._closed:
                call(what)
        finally:
            self._passed.release()
