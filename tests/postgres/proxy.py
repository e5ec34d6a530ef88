"""Owns a proxy before a server whose connections tests slow down, swallow, reset or cut, while they are used."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tests.postgres.server import place

Direction = Literal["up", "down"]  # up: to the server
_Answer = TypeVar("_Answer")

LINGER_NOT = struct.pack("ii", 1, 0)  # closing resets
CHUNK = 65536
UNDERWAY = 64  # chunks; then the sender has to wait


class Lane:
    """What happens to the bytes of one direction, on all connections."""

    def __init__(self) -> None:
        self.latency_s = 0.0
        self.cut_after: int | None = None
        self.passed = 0
        self.open = asyncio.Event()
        self.open.set()

    def admit(self, chunk: bytes) -> bytes:
        """The bytes that may still pass."""
        if self.cut_after is not None:
            chunk = chunk[: self.cut_after]
            self.cut_after -= len(chunk)
        self.passed += len(chunk)
        return chunk

    def heal(self) -> None:
        self.latency_s, self.cut_after = 0.0, None
        self.open.set()


class FaultProxy:
    """`with FaultProxy(url) as proxy`: `proxy.url` is the same database, and `proxy` decides how far away it is.

    It runs in a thread of its own, so tests with and without a loop may use it. A switch has taken effect when its call
    returns. What it swallows was acknowledged to the sender: TCP's keepalives see nothing, as behind a dead pooler.
    Before a server's socket it lets in whoever finds its port: it is there for a test's seconds.
    """

    def __init__(self, url: str) -> None:
        self._target = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy")
        self._lanes: dict[Direction, Lane] = {"up": Lane(), "down": Lane()}
        self._links: dict[asyncio.Task[Any], tuple[asyncio.StreamWriter, ...]] = {}
        self._refusing = False
        self.accepted = 0
        self.port = 0

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        self._listener = self._do(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        """The address of the same database through the proxy."""
        parts = urlsplit(self._target)
        query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key not in {"host", "port"}])
        user = parts.netloc.rpartition("@")[0] or "postgres"
        return urlunsplit((parts.scheme, f"{user}@127.0.0.1:{self.port}", parts.path, query, ""))

    @property
    def connections(self) -> int:
        """How many are open now."""
        return self._ask(lambda: len(self._links))

    def passed(self, direction: Direction) -> int:
        """How many bytes went that way so far."""
        return self._ask(lambda: self._lanes[direction].passed)

    def latency(self, seconds: float, *directions: Direction) -> None:
        """From now on every byte takes so long, both ways when no direction is given; the order stays."""
        self._each(directions, lambda lane: setattr(lane, "latency_s", seconds))

    def swallow(self, *directions: Direction) -> None:
        """A black hole: connections stay open and can be made, nothing arrives until `heal()`, which delivers it."""
        self._each(directions, lambda lane: lane.open.clear())

    def cut(self, after: int, direction: Direction) -> None:
        """So many bytes still pass that way; the next one resets all connections, later ones too, until `heal()`."""
        self._each((direction,), lambda lane: setattr(lane, "cut_after", after))

    def refuse(self) -> None:
        """New connections are reset at once; those that are open stay."""
        self._ask(lambda: setattr(self, "_refusing", True))

    def reset(self) -> None:
        """Every open connection is reset, on both sides; new ones are fine."""
        self._ask(self._reset)

    def heal(self) -> None:
        """All is well from now on, and what was swallowed arrives."""
        self._ask(self._heal)

    @contextlib.contextmanager
    def swallowing(self, *directions: Direction) -> Iterator[None]:
        self.swallow(*directions)
        try:
            yield
        finally:
            self.heal()

    def _each(self, directions: tuple[Direction, ...], change: Callable[[Lane], None]) -> None:
        for direction in directions or self._lanes:
            self._ask(partial(change, self._lanes[direction]))

    def _ask(self, what: Callable[[], _Answer]) -> _Answer:
        async def ask() -> _Answer:
            return what()

        return self._do(ask())

    def _do(self, what: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Runs it in the proxy's thread and waits."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _close(self) -> None:
        self._listener.close()
        links = list(self._links)
        self._reset()
        await asyncio.gather(*links, return_exceptions=True)

    def _reset(self) -> None:
        for link, writers in self._links.items():
            for writer in writers:
                _abort(writer)
            link.cancel()

    def _heal(self) -> None:
        self._refusing = False
        for lane in self._lanes.values():
            lane.heal()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self._refusing:
            return _abort(writer)
        link = asyncio.current_task()
        assert link
        self._links[link] = (writer,)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):  # what all this is about
                await self._link(link, reader, writer)
        finally:
            for end in self._links.pop(link):
                end.close()
        return None

    async def _link(self, link: asyncio.Task[Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries bytes both ways until one side ends."""
        server_reader, server_writer = await _connected(self._target)
        self._links[link] = (writer, server_writer)
        ways = {
            self._loop.create_task(self._carry(self._lanes["up"], reader, server_writer)),
            self._loop.create_task(self._carry(self._lanes["down"], server_reader, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(self, lane: Lane, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(UNDERWAY)
        reading = self._loop.create_task(self._read(lane, reader, underway))
        try:
            while chunk := await self._arrived(lane, underway):
                passing = lane.admit(chunk)
                writer.write(passing)
                await writer.drain()
                if len(passing) < len(chunk):
                    self._reset()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(
        self, lane: Lane, reader: asyncio.StreamReader, underway: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        """Puts what comes on its way; no bytes at all say that the sender has ended."""
        chunk = b"-"
        while chunk:
            try:
                chunk = await reader.read(CHUNK)
            except ConnectionError:
                chunk = b""
            await underway.put((self._loop.time() + lane.latency_s, chunk))

    async def _arrived(self, lane: Lane, underway: asyncio.Queue[tuple[float, bytes]]) -> bytes:
        due, chunk = await underway.get()
        arrived = asyncio.Event()
        self._loop.call_at(due, arrived.set)
        await arrived.wait()
        await lane.open.wait()
        return chunk


async def _connected(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = place(url)
    if host.startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(host, port)


def _abort(writer: asyncio.StreamWriter) -> None:
    """Ends a connection as a crash does: without a goodbye."""
    plain = writer.get_extra_info("socket")
    if plain is not None and plain.family != socket.AF_UNIX and not writer.transport.is_closing():
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()
