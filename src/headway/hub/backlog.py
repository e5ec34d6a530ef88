"""What a channel keeps for readers that are behind: recent events in order, and only the newest state of each job."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import takewhile

from headway.hub.frames import Frame, Kind

EVENTS_MAX = 4096
STATES_MAX = 4096


class Backlog:
    """Covers every position above `floor`. Bounded: what does not fit raises the floor, and is never skipped unseen."""

    __slots__ = ("_events", "_events_max", "_states", "_states_max", "floor")

    def __init__(self, floor: int, *, events_max: int = EVENTS_MAX, states_max: int = STATES_MAX) -> None:
        self.floor = floor
        self._events_max = events_max
        self._states_max = states_max
        self._events: deque[Frame] = deque()
        self._states: dict[str, Frame] = {}

    def add(self, frame: Frame) -> None:
        """Frames come in order of position. A state replaces its job's older one, an event makes it needless."""
        if frame.kind is not Kind.SNAPSHOT:
            self._states.pop(frame.job.id, None)
        if frame.kind is Kind.STATE:
            self._states[frame.job.id] = frame
            if len(self._states) > self._states_max:
                self._raise(self._states.pop(next(iter(self._states))))
        else:
            self._events.append(frame)
            if len(self._events) > self._events_max:
                self._raise(self._events.popleft())

    def since(self, position: int) -> list[Frame] | None:
        """What a reader at a position has not had, in order; None if that cannot be told any more."""
        if position < self.floor:
            return None
        frames = [*_above(position, reversed(self._events)), *_above(position, reversed(self._states.values()))]
        frames.reverse()
        frames.sort(key=_position)  # stable: a snapshot stays before the event at its own position
        return frames

    def drop(self, position: int) -> None:
        """Forgets what every reader has had."""
        while self._events and self._events[0].position <= position:
            self._events.popleft()
        while self._states and (oldest := next(iter(self._states.values()))).position <= position:
            del self._states[oldest.job.id]
        self.floor = max(self.floor, position)

    def _raise(self, lost: Frame) -> None:
        self.floor = max(self.floor, lost.position)


def _above(position: int, frames: Iterable[Frame]) -> Iterator[Frame]:
    """Frames from the newest back to a position."""
    return takewhile(lambda frame: frame.position > position, frames)


def _position(frame: Frame) -> int:
    return frame.position
