"""One stream of changes and everybody who follows it: each batch is joined once and written to all."""

from __future__ import annotations

import asyncio
from typing import Protocol

from headway.hub import frames
from headway.hub.backlog import Backlog
from headway.hub.cursor import mint
from headway.hub.frames import Frame, Kind
from headway.hub.tide import Tide
from headway.stores.protocol import Filter


class Follower(Protocol):
    """A reader as its channel sees it."""

    position: int  # everything up to here was sent
    last: Frame | None  # of a single-job stream

    def write(self, body: bytes) -> bool:
        """Sends; False while that is still under way: `Channel.settle` is called when it is done."""
        ...

    def finish(self, last: bytes) -> None:
        """Sends the last bytes and closes."""
        ...

    def lag(self) -> None:
        """It has missed more than is kept: it starts again."""
        ...


class Channel:
    """The readers of one filter. Each is ready (has had everything), busy (a write is under way), or ahead (what it
    was sent by its snapshot is newer than what the tailer has brought).
    """

    def __init__(self, filter: Filter, tide: Tide) -> None:
        self.filter = filter
        self.tide = tide
        self.mint = mint(tide.epoch, filter)
        self.backlog = Backlog(tide.position)
        self.users = 0  # readers and long-polls, also those that are about to join
        self._ready: dict[Follower, None] = {}
        self._busy: set[Follower] = set()
        self._ahead: set[Follower] = set()
        self._bells: set[asyncio.Future[None]] = set()
        self._fresh: list[Frame] = []
        self._shared = (0, 0, b"")
        self._marked = self._told = tide.position

    def take(self, frame: Frame) -> None:
        """A frame that the filter admits; it goes out with the next flush."""
        self._fresh.append(frame)

    def flush(self) -> None:
        """Writes what was taken to everybody who has had all before it."""
        fresh, self._fresh = self._fresh, []
        for frame in fresh:
            self.backlog.add(frame)
        self.ring()
        if self._ready:
            self._write(frames.joined(fresh, self.mint), fresh[-1])
        if fresh[-1].kind is Kind.EVENT:
            self._marked = fresh[-1].position
        for reader in list(self._ahead):
            self.settle(reader)

    def settle(self, reader: Follower) -> None:
        """Brings a reader up to date that can take more, however far behind it is."""
        self.leave(reader)
        missed = self.backlog.since(reader.position)
        if missed is None:
            reader.lag()
        elif missed and not self._write_missed(reader, missed):
            self._busy.add(reader)
        elif self.mint.single and reader.last is not None and reader.last.ends:
            reader.finish(frames.end(reader.last.job))
        elif reader.position > self.tide.position:
            self._ahead.add(reader)
        else:
            self._ready[reader] = None

    def leave(self, reader: Follower) -> None:
        """Nothing more is written to it."""
        self._ready.pop(reader, None)
        self._busy.discard(reader)
        self._ahead.discard(reader)

    def beat(self) -> None:
        """Shows that the connections live, moves the cursors of readers that had nothing for a while, and forgets what
        every reader has had since the beat before.
        """
        tide = self.tide
        stale = tide.position > self._marked and not self.mint.single
        self._write(frames.mark(self.mint.cursor(tide.position, tide.check)) if stale else frames.HEARTBEAT)
        self._marked = tide.position
        slowest = min((reader.position for reader in self._busy), default=tide.position)
        self.backlog.drop(min(self._told, slowest))
        self._told = tide.position

    def bell(self) -> asyncio.Future[None]:
        """Rings once: at the next change, or when the channel ends."""
        bell = asyncio.get_running_loop().create_future()
        self._bells.add(bell)
        bell.add_done_callback(self._bells.discard)
        return bell

    def ring(self) -> None:
        for bell in list(self._bells):
            if not bell.done():
                bell.set_result(None)

    def _write(self, body: bytes, last: Frame | None = None) -> None:
        """To all that are ready; a reader that is ready has had everything up to the tide before."""
        position, single = self.tide.position, self.mint.single
        for reader in list(self._ready):
            reader.position = position
            if single and last is not None:
                reader.last = last
            if not reader.write(body):
                del self._ready[reader]
                self._busy.add(reader)
            elif single and last is not None and last.ends:
                self.settle(reader)

    def _write_missed(self, reader: Follower, missed: list[Frame]) -> bool:
        since, reader.position = reader.position, max(reader.position, self.tide.position)
        reader.last = missed[-1] if self.mint.single else None
        if self._shared[:2] != (since, self.tide.position):
            self._shared = (since, self.tide.position, frames.joined(missed, self.mint))
        return reader.write(self._shared[2])  # the same bytes for all that are equally far behind
