"""Headway's own server: loopback only, everything allowed, and gone within seconds when it is told to."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import uvicorn
from starlette.types import ASGIApp

from headway.core.errors import InvalidSetting
from headway.http.application import Application
from headway.http.loopback import loopback
from headway.http.roles import Roles
from headway.hub.hub import Pace
from headway.reporting.committer import Committer
from headway.stores.address import open_named
from headway.stores.protocol import Store

PORT = 8765
LEAVE_S = 3  # for what is still being answered when the server is told to go
DEAD_CLIENT_S = 15  # with a heartbeat of 15 s, a client whose network is gone is freed within 30 s
SEND_BUFFER = 256 * 1024  # of the system, for each client: a thousand that read nothing must not cost gigabytes


class Closing(Protocol):
    """What must be closed before a server can leave."""

    async def close(self) -> None: ...


class Server(uvicorn.Server):
    """Closes what holds connections open before it waits for them to end, which would be for ever."""

    def __init__(
        self, config: uvicorn.Config, closing: Sequence[Closing], *, ready: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self._closing = closing
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()  # nobody comes in any more, on no connection
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for part in self._closing:
            await part.close()
        await super().shutdown(sockets)


def serve(
    store: Store | str | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    ready: Callable[[str], None] | None = None,
    pace: Pace | None = None,
) -> None:
    """Serves a store's API and page until SIGINT or SIGTERM; also judges leases and rolls up children.

    `ready` is called with the address once it listens; port 0 takes a free one. Raises InvalidSetting for a host that
    others can reach, because there are no keys.
    """
    opened = open_named(store, os.environ) if store is None or isinstance(store, str) else store
    committer = Committer(opened)
    application = Application(opened, policy=loopback, pace=pace or Pace(), committer=committer, hosted=False)
    roles = Roles(opened, committer)
    try:
        with listener(host, port) as listening:
            url = address(listening)
            roles.start()
            tell = None if ready is None else partial(ready, url)
            Server(settings(application), [application, roles], ready=tell).run([listening])
    finally:
        if opened is not store:
            opened.close()


def settings(application: ASGIApp, **more: Any) -> uvicorn.Config:
    """How uvicorn runs an application of ours."""
    options: dict[str, Any] = {"lifespan": "off", "ws": "none", "log_level": "warning", "access_log": False}
    options |= {"timeout_graceful_shutdown": LEAVE_S, "timeout_keep_alive": 30}
    options |= {"server_header": False, "proxy_headers": False}
    return uvicorn.Config(application, **(options | more))


def listener(host: str, port: int) -> socket.socket:
    """A socket that listens on loopback. What is set on it holds for every connection."""
    family = socket.AF_INET6 if ":" in _loopback(host) else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_CLIENT_S * 1000)
        listening.bind((_loopback(host), port))
    except OSError as error:
        listening.close()
        raise InvalidSetting("port", f"{port} on {host} cannot be used: {error.strerror or error}") from error
    return listening


def address(listening: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _loopback(host: str) -> str:
    try:
        given = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        given = None
    if given is None or not given.is_loopback:
        raise InvalidSetting(
            "host", f"{host!r:.80} can be reached by others, and there are no keys to keep them out; use 127.0.0.1"
        )
    return str(given)
