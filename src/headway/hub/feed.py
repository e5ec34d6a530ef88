"""What a reader must be told before it is live: whole snapshots, or everything since its cursor, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from headway.hub import frames
from headway.hub.batches import batch, introduces
from headway.hub.channel import Channel
from headway.hub.cursor import Cursor, Mint, ResetReason, judge
from headway.hub.frames import Frame, Kind
from headway.stores.protocol import Filter, Store
from headway.stores.reach import Reach

FINISHED = 20  # ended jobs that a stream begins with
PAGE = 500  # changes read at once while a reader catches up
SHARED_S = 1.0  # how long readers that come together are sent the same snapshot
REMEMBERED = 256  # cursors that are more than their text

_T = TypeVar("_T")
Read = Callable[..., Awaitable[Any]]


@dataclass(slots=True, kw_only=True)
class Page:
    """Frames, and the cursor of a reader that has had them. `reset`: everything is told anew, for this reason."""

    frames: tuple[Frame, ...] = ()
    cursor: Cursor
    last: Frame | None = None  # of one job: where it stands after this page
    reset: ResetReason | None = None
    _sse: bytes | None = None

    def sse(self, mint: Mint) -> bytes:
        """As an event stream has it; encoded once for all readers of the page."""
        if self._sse is None:
            lead = frames.reset(self.reset) if self.reset else b""
            self._sse = lead + frames.joined(self.frames, mint)
        return self._sse


class Feed:
    """Reads what readers are told first. Each channel must exist before the read, so that it keeps what comes after."""

    def __init__(self, store: Store, read: Read) -> None:
        self._store = store
        self._read = read
        self._snapshots: dict[Channel, tuple[float, asyncio.Future[Page]]] = {}
        self._remembered: dict[str, Cursor] = {}

    async def pages(self, channel: Channel, text: str | None, *, shared: bool = False) -> AsyncGenerator[Page, None]:
        """Everything since the cursor, or snapshots when there is none or none that can be trusted.

        `shared`: the reader goes live at once, so a snapshot that was read a moment ago serves it as well.
        """
        if text is None:
            pages = self._anew(channel, None, shared=shared)
        else:
            start, reached = await self._read(_judged, self._store, channel.mint, text)
            if isinstance(start, Cursor):
                whole = self._remembered.get(text, start)
                pages = self._since(channel, whole if reached.includes(whole.reach) else start, reached)
            else:
                pages = self._anew(channel, start, shared=shared)
        async for page in pages:
            yield page

    def told(self, cursor: Cursor) -> str:
        """The text of a cursor that its reader hands back at once. What the text does not tell is remembered, or a
        long-poll beside dozens of open transactions would be answered with what it had, over and over.
        """
        text = str(cursor)
        if not cursor.whole:
            self._remembered[text] = cursor
            if len(self._remembered) > REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        return text

    async def again(self, channel: Channel, reason: ResetReason) -> AsyncGenerator[Page, None]:
        """Everything anew, for a reader that lost its place."""
        async for page in self._anew(channel, reason, shared=True):
            yield page

    async def _anew(self, channel: Channel, reason: ResetReason | None, *, shared: bool) -> AsyncGenerator[Page, None]:
        whole: Page = await (self._shared(channel) if shared else self._snapshot(channel))
        if reason is not None:
            whole = Page(frames=whole.frames, cursor=whole.cursor, last=whole.last, reset=reason)
        yield whole
        async for page in self._until_kept(channel, whole.cursor):
            yield page

    async def _until_kept(self, channel: Channel, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """What the channel keeps no more, because the reader took long to read its first page."""
        while not channel.backlog.follows(cursor.reach):
            async for page in self._read_on(channel, cursor):
                yield page
                cursor = page.cursor

    async def _since(self, channel: Channel, cursor: Cursor, reached: Reach) -> AsyncGenerator[Page, None]:
        """Everything that is new since a cursor, at least as far as the store had `reached` when that was judged."""
        kept = None
        if channel.tide.reach.includes(reached) and not channel.mint.single:
            kept = channel.backlog.beyond(cursor.reach)
        if kept is not None:
            yield Page(frames=tuple(kept), cursor=channel.mint.cursor(channel.tide.reach, channel.tide.check))
            return
        async for page in self._read_on(channel, cursor):
            yield page

    async def _read_on(self, channel: Channel, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """The same from the store."""
        read_page, more = (_job_page if channel.mint.single else _delta_page), True
        while more:
            page, more = await self._read(read_page, self._store, channel.filter, channel.mint, cursor)
            cursor = page.cursor
            yield page

    def _shared(self, channel: Channel) -> asyncio.Future[Page]:
        """One read for all readers of a channel that come at about the same time, such as after a restart."""
        now = asyncio.get_running_loop().time()
        read_at, page = self._snapshots.get(channel, (-SHARED_S, None))
        if page is None or now - read_at > SHARED_S or _outrun(channel, page):
            page = asyncio.ensure_future(self._snapshot(channel))
            self._snapshots[channel] = (now, page)
        return asyncio.shield(page)

    def leave(self, channel: Channel) -> None:
        """Nobody follows the channel any more: whoever comes next has another one."""
        self._snapshots.pop(channel, None)

    def forget(self) -> None:
        """Drops what was kept for readers that come together."""
        self._snapshots = {channel: page for channel, page in self._snapshots.items() if not page[1].done()}

    async def _snapshot(self, channel: Channel) -> Page:
        page: Page = await self._read(_snapshot_page, self._store, channel.filter, channel.mint)
        return page


def _outrun(channel: Channel, page: asyncio.Future[Page]) -> bool:
    """Whether a shared page failed, or is older than what the channel keeps."""
    if not page.done():
        return False
    failed = page.cancelled() or page.exception() is not None
    return failed or not channel.backlog.follows(page.result().cursor.reach)


def _encoded(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """The frames, encoded in the thread that read them."""
    told = tuple(frames)
    for frame in told:
        frame.payload.encode()
    return told


def _judged(store: Store, mint: Mint, text: str) -> tuple[Cursor | ResetReason, Reach]:
    """The cursor or why it cannot be trusted, and where the store is now."""
    horizon = store.horizon()
    return judge(text, mint, horizon, store.checkpoint), horizon.reach


def _snapshot_page(store: Store, filter: Filter, mint: Mint) -> Page:
    horizon, jobs = store.snapshot(filter, finished=FINISHED)
    check = store.checkpoint(horizon.position)
    told = _encoded(Frame(Kind.SNAPSHOT, horizon.position, job) for job in jobs)
    if mint.single and jobs:
        cursor = mint.cursor(horizon.reach, check, jobs[0].seq, jobs[0].version)
        return Page(frames=told, cursor=cursor, last=told[0])
    return Page(frames=told, cursor=mint.cursor(horizon.reach, check))


def _delta_page(store: Store, filter: Filter, mint: Mint, cursor: Cursor) -> tuple[Page, bool]:
    delta = store.delta(cursor.reach, limit=PAGE)
    made = batch(delta, cursor.reach, cursor.check, store)
    told = _encoded(frame for frame in made.frames if filter.admits(frame.job))
    return Page(frames=told, cursor=mint.cursor(made.reach, made.check)), delta.more


def _job_page(store: Store, filter: Filter, mint: Mint, cursor: Cursor) -> tuple[Page, bool]:
    """One job's news from its own history: what other jobs did since is not read.

    Its events keep the reach of the cursor, which is true for them as well; the last page moves it.
    """
    horizon, jobs = store.snapshot(filter, finished=1)
    if not jobs:
        return Page(cursor=mint.cursor(horizon.reach, store.checkpoint(horizon.position))), False
    job, seq, version = jobs[0], cursor.seq or 0, cursor.version or 0
    events = [event for event in store.history(job.id, after=seq, limit=PAGE) if event.seq <= job.seq]
    told: list[Frame] = []
    for event in events:
        if introduces(event, job):
            told.append(Frame(Kind.SNAPSHOT, cursor.position, job))
        told.append(Frame(Kind.EVENT, cursor.position, job, event, cursor.reach, cursor.check))
    if events and events[-1].seq < job.seq:
        last = events[-1]
        return Page(frames=_encoded(told), cursor=mint.cursor(cursor.reach, cursor.check, last.seq, last.version)), True
    newest = Frame(Kind.STATE, horizon.position, job)
    if job.version > (events[-1].version if events else version):
        told.append(newest)
    cursor = mint.cursor(horizon.reach, store.checkpoint(horizon.position), job.seq, job.version)
    return Page(frames=_encoded(told), cursor=cursor, last=newest), False
