"""Owns an application that is served by a thread of the test: a real uvicorn on a free port."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.waiting import eventually

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from starlette.types import ASGIApp


@contextmanager
def listening(
    application: ASGIApp, *, below: str = "", at: socket.socket | None = None, grace_s: int = 3
) -> Iterator[str]:
    """Its address; `below` a prefix of another application, whose owner has opened the room; `at` a socket."""
    around = Starlette(routes=[Mount(below, application)]) if below else application
    config = uvicorn.Config(around, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=grace_s)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": at and [at]})
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive())
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{below}"
    finally:
        server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()
