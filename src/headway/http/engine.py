"""Everything behind the routes, for one store in one event loop: started with the first request, closed in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from headway.http.asgi import Exchange
from headway.http.health import Health
from headway.http.job_reads import JobReads, known_id
from headway.http.lists import Lists
from headway.http.openapi import Document
from headway.http.polls import Polls
from headway.http.query import watch
from headway.http.refusals import NotAcceptable
from headway.http.streams import Streams
from headway.http.writes import Writes
from headway.hub.hub import Hub, Pace
from headway.reporting.committer import Committer
from headway.stores.protocol import Store

Endpoint = Callable[[Exchange, str], Awaitable[None]]


class Engine:
    """The parts, and which of them answers which route."""

    def __init__(self, store: Store, committer: Committer, epoch: str, pace: Pace) -> None:
        self.loop = asyncio.get_running_loop()
        self.store = store
        self.hub = Hub(store, pace)
        self.reads = JobReads(store, self.hub, epoch)
        self._streams = Streams(self.hub, self.reads, epoch)
        self._polls = Polls(self.hub, self.reads)
        self._writes = Writes(store, self.hub, self.reads, committer=committer)
        self.routes = self._routes()

    async def close(self) -> None:
        """Ends every stream and every wait, within seconds."""
        await self.hub.close()

    def _routes(self) -> dict[str, dict[str, Endpoint]]:
        """Path and method to endpoint. `{id}` is the only part of a path that varies."""
        lists = Lists(self.store, self.hub, self.reads)
        health = Health(self.store, self.hub)
        writes = self._writes
        return {
            "/v1/jobs": {"GET": _plain(lists.jobs), "POST": _plain(writes.create)},
            "/v1/jobs/{id}": {"GET": self.reads},
            "/v1/jobs/{id}/attach": {"POST": writes.attach},
            "/v1/jobs/{id}/reports": {"POST": writes.report},
            "/v1/jobs/{id}/cancel": {"POST": writes.cancel},
            "/v1/jobs/{id}/retry": {"POST": writes.retry},
            "/v1/jobs/{id}/history": {"GET": lists.history},
            "/v1/jobs/{id}/events": {"GET": self._job_events},
            "/v1/events": {"GET": self._events},
            "/livez": {"GET": _plain(health.live)},
            "/healthz": {"GET": _plain(health.live)},
            "/readyz": {"GET": _plain(health.ready)},
            "/openapi.json": {"GET": _plain(Document())},
        }

    async def _events(self, exchange: Exchange, job_id: str) -> None:
        await self._watch(exchange, None)

    async def _job_events(self, exchange: Exchange, job_id: str) -> None:
        await self._watch(exchange, known_id(job_id))

    async def _watch(self, exchange: Exchange, job_id: str | None) -> None:
        wanted = watch(exchange.query, exchange.headers, job_id)
        if _streams(exchange.headers):
            await self._streams(exchange, wanted, job_id)
        else:
            await self._polls(exchange, wanted, job_id)


def _streams(headers: dict[bytes, bytes]) -> bool:
    """Whether the client wants a stream; whoever does not say so gets JSON."""
    accept = headers.get(b"accept", b"*/*").lower()
    if b"text/event-stream" in accept:
        return True
    if b"*/*" in accept or b"application/" in accept or not accept.strip():
        return False
    raise NotAcceptable


def _plain(endpoint: Callable[[Exchange], Awaitable[None]]) -> Endpoint:
    """An endpoint of a path without an id."""

    async def answer(exchange: Exchange, job_id: str) -> None:
        await endpoint(exchange)

    return answer
