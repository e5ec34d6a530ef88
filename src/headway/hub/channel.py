"""One stream of changes and everybody who follows it: each batch is joined once and written to all."""

from __future__ import annotations

import asyncio
from typing import NamedTuple, Protocol

from headway.hub import frames
from headway.hub.backlog import Backlog
from headway.hub.cursor import mint
from headway.hub.frames import Frame, Kind
from headway.hub.tide import Tide
from headway.stores.protocol import Filter
from headway.stores.reach import Reach


class Follower(Protocol):
    """A reader as its channel sees it."""

    place: int | None  # in the channel's backlog: everything up to here was sent; None before it joins
    reach: Reach | None  # what it has read of the store, as long as the tailer has not brought all of that
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


class _Missed(NamedTuple):
    """What readers that came from the same place have not had by now, and its bytes."""

    since: tuple[int | None, Reach | None, int]
    frames: list[Frame] | None
    body: bytes


class Channel:
    """The readers of one filter. Each is ready (has had everything), busy (a write is under way), or ahead (what it
    has read of the store is newer than what the tailer has brought: it is not sent that again).
    """

    def __init__(self, filter: Filter, tide: Tide) -> None:
        self.filter = filter
        self.tide = tide
        self.mint = mint(tide.epoch, filter)
        self.backlog = Backlog(tide.reach)
        self.users = 0  # readers and long-polls, also those that are about to join
        self._ready: dict[Follower, None] = {}
        self._busy: set[Follower] = set()
        self._ahead: set[Follower] = set()
        self._bells: set[asyncio.Future[None]] = set()
        self._fresh: list[Frame] = []
        self._shared = _Missed((0, None, 0), [], b"")
        self._marked = tide.reach
        self._told = 0

    def take(self, frame: Frame) -> None:
        """A frame that the filter admits; it goes out with the next flush."""
        self._fresh.append(frame)

    def flush(self) -> None:
        """Writes what was taken to everybody who has had all before it."""
        fresh, self._fresh = self._fresh, []
        for frame in fresh:
            self.backlog.add(frame, self.tide.reach)
        self.ring()
        if self._ready:
            self._write(frames.joined(fresh, self.mint), fresh[-1])
        if fresh[-1].kind is Kind.EVENT:
            self._marked = fresh[-1].reach
        self._settle_ahead()

    def settle(self, reader: Follower) -> None:
        """Brings a reader up to date that can take more, however far behind it is."""
        self.leave(reader)
        missed = self._missed(reader)
        if missed.frames is None:
            reader.lag()
            return
        reader.place = self.backlog.place
        if reader.reach is not None and self.tide.reach.includes(reader.reach):
            reader.reach = None
        if missed.frames and not self._write_missed(reader, missed):
            self._busy.add(reader)
        elif self.mint.single and reader.last is not None and reader.last.ends:
            reader.finish(frames.end(reader.last.job))
        elif reader.reach is not None:
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
        self._settle_ahead()
        tide = self.tide
        stale = tide.reach != self._marked and not self.mint.single
        self._write(frames.mark(self.mint.cursor(tide.reach, tide.check)) if stale else frames.HEARTBEAT)
        self._marked = tide.reach
        self.backlog.drop(min([self._told, *(reader.place or 0 for reader in self._busy)]))
        self._told = self.backlog.place

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

    def _settle_ahead(self) -> None:
        for reader in list(self._ahead):
            self.settle(reader)

    def _write(self, body: bytes, last: Frame | None = None) -> None:
        """To all that are ready; a reader that is ready has had everything up to the tide before."""
        place, single = self.backlog.place, self.mint.single
        for reader in list(self._ready):
            reader.place = place
            if single and last is not None:
                reader.last = last
            if not reader.write(body):
                del self._ready[reader]
                self._busy.add(reader)
            elif single and last is not None and last.ends:
                self.settle(reader)

    def _missed(self, reader: Follower) -> _Missed:
        """What a reader has not had: the same bytes for all that are equally far behind."""
        since = (reader.place, reader.reach, self.backlog.place)
        if self._shared.since != since:
            missed = self._unsent(reader.place, reader.reach)
            self._shared = _Missed(since, missed, frames.joined(missed or (), self.mint))
        return self._shared

    def _unsent(self, place: int | None, reach: Reach | None) -> list[Frame] | None:
        if place is None:
            return self.backlog.beyond(reach or frames.NOWHERE)
        missed = self.backlog.since(place)
        if missed is None or reach is None:
            return missed
        return [frame for frame in missed if not reach.covers(frame.position)]

    def _write_missed(self, reader: Follower, missed: _Missed) -> bool:
        reader.last = missed.frames[-1] if self.mint.single and missed.frames else None
        return reader.write(missed.body)
