"""Owns what tests of the hub stand on: a store with a committer, clients that read slowly or not at all, and a hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

import pytest

from headway.core import commands as c
from headway.core.create import check_facts
from headway.core.ids import uuid7
from headway.core.job import Job
from headway.core.plan import parse_plan
from headway.hub.hub import Hub, Pace
from headway.hub.reader import Reader
from headway.reporting.batch import Ack, Batch
from headway.reporting.committer import Committer
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Filter, Store
from tests.sse_client import EventStream, Message

NOW = 1_764_000_000_000_000


class Works:
    """Jobs and their workers, on one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._time = count(NOW, 1000)
        self.committer = Committer(store, clock=lambda: next(self._time))
        self._made = count(1)
        self._sent: dict[str, int] = {}

    def job(self, *steps: Any, kind: str = "index", running: bool = True, **facts: Any) -> str:
        """The id of a new job, running unless said otherwise."""
        now = next(self._time)
        id = uuid7(now, next(self._made).to_bytes(10, "big"))
        self.committer.create(check_facts(kind, id=id, now=now, **facts), parse_plan(steps))
        if running:
            self.committer.attach(id, producer="w", lease=None)
        return id

    def report(self, job_id: str, *items: c.Report) -> Ack:
        attempt = self.state(job_id).attempt
        key = f"{job_id}/{attempt}"
        self._sent[key] = self._sent.get(key, 0) + 1
        return self.committer.report(
            Batch(job_id=job_id, attempt=attempt, producer="w", producer_seq=self._sent[key], items=items)
        )

    def tick(self, job_id: str, current: int) -> Ack:
        return self.report(job_id, c.Update(current=current))

    def note(self, job_id: str, text: str) -> Ack:
        return self.report(job_id, c.Note(message=text))

    def state(self, job_id: str) -> Job:
        job = self.store.load(job_id)
        assert job is not None
        return job


class Client:
    """Stands for a browser: takes what is written, holds writes back when told to, and keeps what it has read."""

    def __init__(self) -> None:
        self.drained: Callable[[], None] | None = None
        self.reader: Reader | None = None
        self.gone: Callable[[], object] = list  # what its server does when the response has ended
        self.stream = EventStream()
        self.got: list[Message] = []
        self.received = b""
        self.writes = 0
        self.finished = False
        self._held: list[bytes] | None = None
        self._changed = asyncio.Event()

    def write(self, body: bytes) -> bool:
        assert not self.finished
        self.writes += 1
        if self._held is not None:
            assert not self._held, "a second write while one is under way"
            self._held.append(body)
            return False
        self._take(body)
        return True

    async def put(self, body: bytes) -> None:
        self._take(body)

    def finish(self, last: bytes) -> None:
        if not self.finished:
            self._take(last)
            self.finished = True
            self._changed.set()
            asyncio.get_running_loop().call_soon(self.gone)

    def stall(self) -> None:
        """Takes nothing from now on: the next write stays under way."""
        self._held = []

    def go_on(self) -> None:
        held, self._held = self._held or [], None
        for body in held:
            self._take(body)
        if held and self.drained is not None:
            self.drained()

    def named(self, event: str) -> list[Any]:
        return [message.data for message in self.got if message.event == event]

    @property
    def seqs(self) -> list[tuple[str, int]]:
        return [(event["job_id"], event["seq"]) for event in self.named("event")]

    async def until(self, seen: Callable[[], object]) -> None:
        """Waits until what was received makes this true."""
        async with asyncio.timeout(10):
            while not seen():
                self._changed.clear()
                await self._changed.wait()

    def _take(self, body: bytes) -> None:
        self.received += body
        self.got += self.stream.feed(body)
        self._changed.set()


class Watching:
    """A hub, and clients of it that are disconnected at the end."""

    def __init__(self, hub: Hub, store: Store) -> None:
        self.hub = hub
        self.store = store
        self._open: list[tuple[Client, Any]] = []

    async def client(self, filter: Filter | None = None, cursor: str | None = None, *, synced: bool = True) -> Client:
        """A client of a stream; it is live on return, unless told not to wait."""
        client = Client()
        channel = await self.hub.use(filter or Filter())
        client.gone = lambda: self.leave(client)
        client.reader = self.hub.connect(channel, client, cursor)
        self._open.append((client, channel))
        if synced:
            await client.until(lambda: client.named("synced") or client.finished)
        return client

    def leave(self, client: Client) -> None:
        channels = [channel for known, channel in self._open if known is client]
        self._open = [entry for entry in self._open if entry[0] is not client]
        for channel in channels:
            assert client.reader is not None
            self.hub.disconnect(client.reader)
            self.hub.release(channel)

    async def close(self) -> None:
        for client, _ in list(self._open):
            self.leave(client)
        await self.hub.close()


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def works(store: Store) -> Works:
    return Works(store)


@pytest.fixture
async def watching(store: Store) -> AsyncIterator[Watching]:
    """A hub without the wait between batches, and with a heartbeat only when a test asks for it."""
    watching = Watching(Hub(store, Pace(tick_s=0.0, heartbeat_s=3600.0)), store)
    yield watching
    await watching.close()
