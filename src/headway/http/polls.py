"""Polls and long-polls: the items of a stream, one page at a time."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

from headway.http.asgi import Exchange
from headway.http.job_reads import JobReads
from headway.http.patience import Patience
from headway.http.query import Watch
from headway.hub.channel import Channel
from headway.hub.hub import Hub

ITEMS_MAX = 1000  # an answer holds about so many; the next cursor leads on


class Polls:
    """Answers `Accept: application/json` on the event routes with `{items, next_cursor}`."""

    def __init__(self, hub: Hub, reads: JobReads) -> None:
        self._hub = hub
        self._reads = reads

    async def __call__(self, exchange: Exchange, watch: Watch, job_id: str | None) -> None:
        if job_id is not None:
            exchange.grant.require_job((await self._reads.current(job_id)).job, job_id)
        channel = await self._hub.use(exchange.grant.narrowed(watch.filter))
        try:
            async with Patience(exchange.receive, watch.wait_s) as patience:
                items, cursor = await self._items(channel, watch.cursor, patience)
        finally:
            self._hub.release(channel)
        applied = [(b"preference-applied", b"wait=%d" % watch.wait_s)] if b"prefer" in exchange.headers else []
        await exchange.json({"items": items, "next_cursor": cursor}, headers=applied)

    async def _items(self, channel: Channel, cursor: str | None, patience: Patience) -> tuple[list[Any], str | None]:
        while True:
            bell = channel.bell()  # before the look, or a change in between rings for nobody
            items, cursor = await self._page(channel, cursor)
            if items or self._hub.closed or not await patience.until(bell) or self._hub.closed:
                return items, cursor

    async def _page(self, channel: Channel, cursor: str | None) -> tuple[list[Any], str | None]:
        items: list[Any] = []
        async with aclosing(self._hub.feed.pages(channel, cursor)) as pages:
            async for page in pages:
                if page.reset:
                    items.append({"event": "reset", "data": {"reason": page.reset}})
                items += [frame.item() for frame in page.frames]
                cursor = self._hub.feed.told(page.cursor)
                if len(items) >= ITEMS_MAX:
                    break
        return items, cursor
