"""The server around a mounted application: its end is noticed, because it waits for streams that never end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

LOOK_EVERY_S = 0.25


def leave_with_host(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    """Calls `leave` when a uvicorn server that handles this process's SIGTERM has been told to exit.

    It waits for open responses before it says so to any application, and streams would keep it waiting. Servers that
    show nothing are left by the age of each stream.
    """
    server: Any = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if hasattr(server, "should_exit"):
        loop.call_later(LOOK_EVERY_S, _look, loop, server, leave)


def _look(loop: asyncio.AbstractEventLoop, server: Any, leave: Callable[[], None]) -> None:
    if server.should_exit:
        leave()
    else:
        loop.call_later(LOOK_EVERY_S, _look, loop, server, leave)
