"""Owns the stream of a project: the newest progress of each of its jobs at once, then every change, to many clients."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any

from anyio import to_thread

import headway
from examples.proposals import plan
from examples.proposals.progress import update_of
from headway.http import leave_with_host

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from examples.proposals.room import Room

    Wire = dict[str, Any]

RECENT = 20
HEARTBEAT_S = 15.0
AGE_S = 900.0
"""How long a stream is open at most: when it comes back, it is asked again whether it may."""
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


class Status:
    """The streams of all projects of one room, fed by one listener.

    Each begins with the newest state of the project's jobs, read after it was joined. So one that was cut off needs no
    cursor: what it missed is in what it is told first, also the end of a job that has left the memory since.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._clients: set[_Client] = set()
        self._listening: Any = None
        self._leaving = False
        self._beat_s, self._age_s = HEARTBEAT_S, AGE_S

    @property
    def clients(self) -> int:
        return len(self._clients)

    async def recent(self, project: str) -> list[Wire]:
        """The newest jobs of a project, oldest first; those in memory where the store is away, or newer."""
        jobs = {job["id"]: job for job in await to_thread.run_sync(self._stored, project)}
        for job in self._room.tracker.cached():
            known = jobs.get(job["id"])
            if job["project"] == project and (known is None or known["version"] < job["version"]):
                jobs[job["id"]] = job
        return sorted(jobs.values(), key=lambda job: (job["created_at"], job["id"]))[-RECENT:]

    async def stream(self, project: str) -> AsyncIterator[bytes]:
        """The bytes of an event stream, until the client is gone or the stream is old."""
        client = _Client(project)
        self._join(client)
        until = asyncio.get_running_loop().time() + self._age_s * (1 + random.random() / 4)  # not all at once
        try:
            yield f"retry: {random.randint(1000, 2000)}\n\n".encode()
            for job in await self.recent(project):
                client.put(job)
            while not self._leaving and asyncio.get_running_loop().time() < until:
                yield client.taken() or b":\n\n"
                await client.woken(self._beat_s)
        finally:
            self._clients.discard(client)

    def _join(self, client: _Client) -> None:
        loop = asyncio.get_running_loop()
        if self._listening is None:
            # One listener, whatever number of clients; it calls from its own thread.
            self._listening = self._room.tracker.listen(lambda job: self._heard(loop, job))
            leave_with_host(loop, self._leave)
        self._clients.add(client)

    def _leave(self) -> None:
        """The server is told to exit, and would wait for the streams: they end, and their readers come back."""
        self._leaving = True
        for client in self._clients:
            client.wake()

    def _heard(self, loop: asyncio.AbstractEventLoop, job: Wire) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._put, job)

    def _put(self, job: Wire) -> None:
        for client in self._clients:
            if client.project == job["project"]:
                client.put(job)

    def _stored(self, project: str) -> list[Wire]:
        try:
            return self._room.reporter.jobs(kind=plan.KINDS, project=project, limit=RECENT)
        except headway.StoreUnavailable:
            return []


class _Client:
    """One reader: at most one state of each job waits for it, however slow it is."""

    def __init__(self, project: str) -> None:
        self.project = project
        self._waiting: dict[str, Wire] = {}
        self._told: dict[str, tuple[int, int]] = {}
        self._news = asyncio.Event()

    def put(self, job: Wire) -> None:
        self._waiting[job["id"]] = job
        self._news.set()

    def wake(self) -> None:
        self._news.set()

    def taken(self) -> bytes:
        """All that is new to it, in one piece."""
        waiting, self._waiting = self._waiting, {}
        self._news.clear()
        return b"".join(_frame(update_of(job)) for job in waiting.values() if self._is_news(job))

    async def woken(self, within_s: float) -> None:
        """Waits for something to tell, or until it is time for a sign of life."""
        try:
            async with asyncio.timeout(within_s):
                await self._news.wait()
        except TimeoutError:
            return

    def _is_news(self, job: Wire) -> bool:
        """What was read from the store may be ahead of what comes by the other way, and is never taken back."""
        state = (job["version"], update_of(job)["progress"]["timestamp"])
        known = self._told.get(job["id"])
        if known is not None and state[0] <= known[0] and state[1] <= known[1]:
            return False
        self._told[job["id"]] = state
        return True


def _frame(update: Wire) -> bytes:
    return f"data: {json.dumps(update, separators=(',', ':'))}\n\n".encode()
