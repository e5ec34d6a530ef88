"""Pages of jobs and of one job's history."""

from __future__ import annotations

from headway.core.wire import event_wire, job_wire
from headway.http.asgi import Exchange, encode
from headway.http.job_reads import JobReads
from headway.http.query import history_page, job_query, list_cursor
from headway.hub.hub import Hub
from headway.stores.protocol import JobQuery, Store


class Lists:
    """A page is `{items, next_cursor}`; the last one's cursor is null."""

    def __init__(self, store: Store, hub: Hub, reads: JobReads) -> None:
        self._store = store
        self._hub = hub
        self._reads = reads

    async def jobs(self, exchange: Exchange) -> None:
        """Newest first."""
        query = job_query(exchange.query)
        query = query._replace(filter=exchange.grant.narrowed(query.filter))
        await exchange.encoded(await self._hub.read(self._jobs_page, query))

    async def history(self, exchange: Exchange, job_id: str) -> None:
        """Oldest first, by seq."""
        after, limit = history_page(exchange.query)
        job = exchange.grant.require_job((await self._reads.current(job_id)).job, job_id)
        await exchange.encoded(await self._hub.read(self._history_page, job.id, after, limit))

    def _jobs_page(self, query: JobQuery) -> bytes:
        """In a thread, as the other one: a page of large jobs takes its time."""
        found = self._store.jobs(query._replace(limit=query.limit + 1))
        items, more = found[: query.limit], len(found) > query.limit
        cursor = list_cursor(items[-1].facts.created_at, items[-1].id) if more else None
        return encode({"items": [job_wire(job) for job in items], "next_cursor": cursor})

    def _history_page(self, job_id: str, after: int, limit: int) -> bytes:
        found = self._store.history(job_id, after=after, limit=limit + 1)
        items, more = found[:limit], len(found) > limit
        cursor = str(items[-1].seq) if more else None
        return encode({"items": [event_wire(job_id, event) for event in items], "next_cursor": cursor})
