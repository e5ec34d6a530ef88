"""Event streams: the same frames for one job and for many, from the first byte to a clean end."""

from __future__ import annotations

from headway.core.errors import StoreUnavailable
from headway.http.asgi import Exchange, Headers
from headway.http.job_reads import JobReads
from headway.http.outlet import Outlet
from headway.http.query import Watch
from headway.hub.channel import Channel
from headway.hub.cursor import mint, parse
from headway.hub.hub import Hub

HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # a proxy that buffers hides that a reader has stalled
]


class Streams:
    """Answers `Accept: text/event-stream`.

    A browser gives up for good on any status but 200, so a server that cannot serve now says when to come back, and
    closes.
    """

    def __init__(self, hub: Hub, reads: JobReads, epoch: str) -> None:
        self._hub = hub
        self._reads = reads
        self._epoch = epoch

    async def __call__(self, exchange: Exchange, watch: Watch, job_id: str | None) -> None:
        try:
            if job_id is not None and await self._at_its_end(exchange, watch, job_id):
                await exchange.answer(204, [])
                return
            if exchange.method == "HEAD":
                await exchange.answer(200, HEADERS)
                return
            channel = None if self._hub.full else await self._hub.use(exchange.grant.narrowed(watch.filter))
        except StoreUnavailable:
            channel = None
        if channel is None:
            await exchange.answer(200, HEADERS, self._hub.goodbye())
        else:
            await self._follow(exchange, channel, watch.cursor)

    async def _follow(self, exchange: Exchange, channel: Channel, cursor: str | None) -> None:
        """Until the client is gone or everything was said."""
        reader = None
        try:
            await exchange.begin(200, HEADERS)
            outlet = Outlet(exchange.send)
            await outlet.put(self._hub.goodbye())
            reader = self._hub.connect(channel, outlet, cursor)
            await outlet.over(exchange.receive)
        finally:
            if reader is not None:
                self._hub.disconnect(reader)
            self._hub.release(channel)

    async def _at_its_end(self, exchange: Exchange, watch: Watch, job_id: str) -> bool:
        """Whether a browser reconnects by itself to a job that has ended, after it was told so: it should stop."""
        job = exchange.grant.require_job((await self._reads.current(job_id)).job, job_id)
        if b"last-event-id" not in exchange.headers or not job.terminal:
            return False
        cursor = parse(watch.cursor or "")
        stream = mint(self._epoch, exchange.grant.narrowed(watch.filter))
        return (
            cursor is not None
            and (cursor.store, cursor.filter, cursor.seq) == (stream.store, stream.filter, job.seq)
            and stream.single
        )
