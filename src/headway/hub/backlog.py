"""What a channel keeps for readers that are behind: recent events in order, and only the newest state of each job."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from headway.hub.frames import Frame, Kind
from headway.stores.reach import Reach

EVENTS_MAX = 4096
STATES_MAX = 4096


class _Entry(NamedTuple):
    place: int
    frame: Frame
    tide: Reach  # what the tailer had delivered by then


class Backlog:
    """Frames in the order in which they came, which need not be that of the store: each has a `place`, counted here.

    Bounded: what does not fit is gone, and never skipped unseen. Everything that is gone, or came before this backlog,
    lies in `base`.
    """

    __slots__ = ("_events", "_events_max", "_floor", "_states", "_states_max", "base", "place")

    def __init__(self, base: Reach, *, events_max: int = EVENTS_MAX, states_max: int = STATES_MAX) -> None:
        self.base = base
        self.place = 0  # of the newest frame
        self._floor = 0  # the place of the newest frame that is gone
        self._events_max = events_max
        self._states_max = states_max
        self._events: deque[_Entry] = deque()
        self._states: dict[str, _Entry] = {}

    def add(self, frame: Frame, tide: Reach) -> None:
        """A state replaces its job's older one, an event makes it needless."""
        self.place += 1
        entry = _Entry(self.place, frame, tide)
        if frame.kind is not Kind.SNAPSHOT:
            self._states.pop(frame.job.id, None)
        if frame.kind is Kind.STATE:
            self._states[frame.job.id] = entry
            if len(self._states) > self._states_max:
                self._lose(self._states.pop(next(iter(self._states))))
        else:
            self._events.append(entry)
            if len(self._events) > self._events_max:
                self._lose(self._events.popleft())

    def since(self, place: int) -> list[Frame] | None:
        """What came after a place; None if that cannot be told any more."""
        if place < self._floor:
            return None
        newest_first = (reversed(self._events), reversed(self._states.values()))
        return _in_order(entry for entries in newest_first for entry in _after(place, entries))

    def beyond(self, reach: Reach) -> list[Frame] | None:
        """What somebody has not had who has read that much of the store; None if that cannot be told any more."""
        if not self.follows(reach):
            return None
        newest_first = (reversed(self._events), reversed(self._states.values()))
        return _in_order(entry for entries in newest_first for entry in _uncovered(reach, entries))

    def follows(self, reach: Reach) -> bool:
        """Whether everything is here that came after somebody has read that much of the store."""
        return reach.includes(self.base)

    def drop(self, place: int) -> None:
        """Forgets what every reader has had."""
        while self._events and self._events[0].place <= place:
            self._lose(self._events.popleft())
        while self._states and (oldest := next(iter(self._states.values()))).place <= place:
            self._lose(self._states.pop(oldest.frame.job.id))

    def _lose(self, entry: _Entry) -> None:
        if entry.place > self._floor:
            self._floor, self.base = entry.place, entry.tide


def _in_order(entries: Iterable[_Entry]) -> list[Frame]:
    return [entry.frame for entry in sorted(entries)]  # places differ: nothing else is compared


def _after(place: int, newest_first: Iterable[_Entry]) -> Iterator[_Entry]:
    return takewhile(lambda entry: entry.place > place, newest_first)


def _uncovered(reach: Reach, newest_first: Iterable[_Entry]) -> Iterator[_Entry]:
    """Ends where all had been read that had come by then."""
    for entry in newest_first:
        if not reach.covers(entry.frame.position):
            yield entry
        elif reach.includes(entry.tide):
            return
