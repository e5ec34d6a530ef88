"""The hot path of reading one job: its bytes are kept, and a version number tells whether they still hold."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from headway.core import limits
from headway.core.errors import InvalidReport, UnknownJob
from headway.core.eta import estimate
from headway.core.job import Job
from headway.core.wire import job_wire
from headway.http.asgi import JSON, NO_CACHE, Exchange, Headers, encode, length
from headway.http.patience import Patience
from headway.http.query import job_wait
from headway.hub.channel import Channel
from headway.hub.hub import Hub
from headway.stores.protocol import Filter, Store

KEPT_BYTES_MAX = 32 * 1024 * 1024
_POLL_S = (1, 30)  # when to ask again, at the least and at the most


@dataclass(slots=True)
class Kept:
    """A job as it was last answered. `fresh`: a near store's freshness when the version was last looked at."""

    fresh: int
    version: int
    job: Job
    etag: bytes
    headers: Headers
    body: bytes


class JobReads:
    """Answers `GET /v1/jobs/{id}`.

    Asking a near store for its freshness, or for a job's version, is cheap enough for the event loop; one that is far
    away is asked in a thread. So is a job that changed.
    """

    def __init__(self, store: Store, hub: Hub, epoch: str) -> None:
        self._store = store
        self._hub = hub
        self._epoch = hashlib.blake2s(epoch.encode(), digest_size=4).hexdigest()
        self._kept: dict[str, Kept] = {}
        self._size = 0
        self._looked: int | None = None

    async def __call__(self, exchange: Exchange, job_id: str) -> None:
        kept = await self.current(job_id)
        exchange.grant.require_job(kept.job, job_id)
        asked = exchange.headers.get(b"if-none-match")
        if exchange.query or b"prefer" in exchange.headers:
            kept = await self._awaited(exchange, kept, asked)
        if asked is not None and _matches(asked, kept.etag):
            await exchange.answer(304, kept.headers[2:])
        else:
            await exchange.answer(200, kept.headers, kept.body)

    async def current(self, job_id: str) -> Kept:
        """The job as the store has it now. Raises UnknownJob."""
        kept = self._kept.get(job_id)
        if kept is not None and (self._holds(kept) if self._store.near else await self._still_holds(kept)):
            return kept
        return await self._read(job_id)

    async def _still_holds(self, kept: Kept) -> bool:
        """Asks for the version itself: where many write, the freshness of their store never stays the same."""
        return await self._hub.versions.of(kept.job.id) == kept.version

    def _holds(self, kept: Kept) -> bool:
        fresh = self._freshness()
        if kept.fresh == fresh:
            return True
        if self._store.version(kept.job.id) != kept.version:
            return False
        kept.fresh = fresh
        return True

    def _freshness(self) -> int:
        """The store's freshness, asked once for all requests that are waiting already.

        Whoever was answered about a write sends what comes next after that: it is behind `_look_again` in the queue.
        """
        if self._looked is None:
            self._looked = self._store.freshness()
            asyncio.get_running_loop().call_soon(self._look_again)
        return self._looked

    def _look_again(self) -> None:
        self._looked = None

    async def _read(self, job_id: str) -> Kept:
        known = known_id(job_id)
        # before the read: a change in between is then looked at once more
        fresh = self._store.freshness() if self._store.near else 0
        kept = await self._hub.read(self._loaded, known, fresh)
        self._drop(known)
        if kept is None:
            raise UnknownJob(job_id[:60])
        self._keep(kept)
        return kept

    async def _awaited(self, exchange: Exchange, kept: Kept, asked: bytes | None) -> Kept:
        """The job once it differs from what the client has, or as it is when the time is over."""
        wait_s = job_wait(exchange.query, exchange.headers)
        if not wait_s or asked is None or not _matches(asked, kept.etag):
            return kept
        channel = await self._hub.use(Filter(jobs=frozenset({kept.job.id})))
        try:
            async with Patience(exchange.receive, wait_s) as patience:
                return await self._changed(channel, kept, patience)
        finally:
            self._hub.release(channel)

    async def _changed(self, channel: Channel, known: Kept, patience: Patience) -> Kept:
        while True:
            bell = channel.bell()  # before the look, or a change in between rings for nobody
            kept = await self.current(known.job.id)
            changed = kept.etag != known.etag
            if changed or self._hub.closed or not await patience.until(bell) or self._hub.closed:
                return kept

    def _loaded(self, job_id: str, fresh: int) -> Kept | None:
        """In a thread."""
        job = self._store.load(job_id)
        if job is None:
            return None
        body = encode(job_wire(job))
        etag = f'"{self._epoch}.{job.version}.{job.health}"'.encode()
        headers = [JSON, length(body), (b"etag", etag), NO_CACHE]
        if not job.terminal:
            headers.append((b"retry-after", b"%d" % _ask_again_s(job)))
        return Kept(fresh, job.version, job, etag, headers, body)

    def _keep(self, kept: Kept) -> None:
        self._kept[kept.job.id] = kept
        self._size += len(kept.body)
        while self._size > KEPT_BYTES_MAX:
            self._drop(next(iter(self._kept)))

    def _drop(self, job_id: str) -> None:
        gone = self._kept.pop(job_id, None)
        self._size -= len(gone.body) if gone else 0


def known_id(text: str) -> str:
    """A job id, or the same answer as for an unknown one."""
    try:
        return limits.job_id(text)
    except InvalidReport:
        raise UnknownJob(text[:60]) from None


def _matches(asked: bytes, etag: bytes) -> bool:
    """If-None-Match: one tag, several, weak ones, or a star."""
    return asked == etag or asked == b"*" or etag in [tag.strip().removeprefix(b"W/") for tag in asked.split(b",")]


def _ask_again_s(job: Job) -> int:
    """A twentieth of the time that is left as far as it is known: often enough to see it move."""
    eta = estimate(job)
    if eta is None or eta.at is None:
        return 2
    least, most = _POLL_S
    return max(least, min(most, (eta.at - job.updated_at) // 20_000_000))
