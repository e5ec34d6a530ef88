"""Owns an application below a prefix of another one, in a server of this process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def mounted(application: Starlette, prefix: str) -> Iterator[str]:
    """The address of the application; whoever opens its room is the caller."""
    around = Starlette(routes=[Mount(prefix, application)])
    config = uvicorn.Config(around, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive())
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{prefix}"
    finally:
        server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()
