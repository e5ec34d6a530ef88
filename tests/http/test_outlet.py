"""Owns the proof that a stream's bytes go out in order, one write at a time, whatever the server's `send` does."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from headway.http.outlet import CHUNK, Outlet


class Server:
    """Stands for a server's response: takes messages at once, or holds them back until told to go on."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.ended = False
        self.writable = asyncio.Event()
        self.writable.set()
        self.fails: Exception | None = None

    async def send(self, message: Message) -> None:
        await self._drained()
        if self.fails is not None:
            raise self.fails
        self.sent.append(message["body"])
        self.ended = not message.get("more_body", False)

    async def _drained(self) -> None:
        if not self.writable.is_set():
            await self.writable.wait()

    async def receive(self) -> Message:
        while not self.ended:
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}


class Uvicorn(Server):
    """One whose `send` is known to need no task."""

    __module__ = "uvicorn.protocols.http"


@pytest.fixture(params=[Server, Uvicorn], ids=["any server", "uvicorn"])
async def server(request: pytest.FixtureRequest) -> Server:
    made: Server = request.param()
    return made


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def drained(outlet: Outlet) -> list[None]:
    """How often the outlet said that a write is done."""
    told: list[None] = []
    outlet.drained = lambda: told.append(None)
    return told


async def test_what_the_client_takes_goes_out_at_once(server: Server) -> None:
    outlet = Outlet(server.send)
    assert outlet.write(b"one") is outlet.direct
    await settled()
    assert server.sent == [b"one"]


async def test_a_write_that_waits_says_when_it_is_done(server: Server) -> None:
    outlet = Outlet(server.send)
    told = drained(outlet)
    server.writable.clear()
    assert outlet.write(b"one") is False
    await settled()
    assert (server.sent, told) == ([], [])
    server.writable.set()
    await settled()
    assert (server.sent, told) == ([b"one"], [None])


async def test_much_goes_out_in_pieces(server: Server) -> None:
    outlet = Outlet(server.send)
    told = drained(outlet)
    body = bytes(range(256)) * 1024
    assert outlet.write(body) is False
    await settled()
    assert b"".join(server.sent) == body
    assert max(map(len, server.sent)) == CHUNK
    assert told == [None]


async def test_the_last_bytes_come_after_what_is_under_way(server: Server) -> None:
    outlet = Outlet(server.send)
    told = drained(outlet)
    server.writable.clear()
    outlet.write(b"one")
    outlet.finish(b"last")
    outlet.finish(b"again")
    assert outlet.write(b"too late") is True
    server.writable.set()
    await outlet.over(server.receive)
    await settled()
    assert server.sent == [b"one", b"last"]
    assert (server.ended, told) == (True, [])


async def test_the_end_is_noticed(server: Server) -> None:
    outlet = Outlet(server.send)
    over = asyncio.ensure_future(outlet.over(server.receive))
    await settled()
    assert not over.done()
    outlet.finish(b"last")
    await asyncio.wait_for(over, 5)
    assert server.sent == [b"last"]


async def test_an_end_that_came_first_is_noticed_too(server: Server) -> None:
    outlet = Outlet(server.send)
    outlet.finish(b"last")
    await settled()
    await asyncio.wait_for(outlet.over(server.receive), 5)


async def test_a_client_that_is_gone_takes_everything(server: Server) -> None:
    outlet = Outlet(server.send)
    server.fails = OSError("the connection was reset")
    for _ in range(3):
        outlet.write(b"one")
        await settled()
    await outlet.put(b"two")
    outlet.finish(b"last")
    await settled()
    assert server.sent == []


async def test_a_send_that_somebody_wrapped_gets_a_task() -> None:
    server = Uvicorn()
    tasks: list[object] = []

    async def wrapped(message: Message) -> None:
        tasks.append(asyncio.current_task())
        await server.send(message)

    outlet = Outlet(wrapped)
    assert not outlet.direct
    outlet.write(b"one")
    await settled()
    assert server.sent == [b"one"]
    assert tasks != [asyncio.current_task()]
