"""Owns a line in which things wait for somebody who takes them, some of them not before their time."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Thing = TypeVar("Thing")


class Line(Generic[Thing]):
    """First in, first out among what may be taken now. Any thread may put, take and close."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Thing]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, thing: Thing, *, after_s: float = 0.0) -> None:
        """Have a thing taken, not before `after_s` seconds from now."""
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + after_s, next(self._order), thing))
            self._changed.notify()

    def take(self) -> Thing | None:
        """The thing whose turn it is, as soon as there is one; None once the line is closed."""
        with self._changed:
            while not self._closed:
                rest = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if rest is not None and rest <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(rest)
            return None

    def hurry(self, wanted: Callable[[Thing], bool]) -> None:
        """Have what is `wanted` taken now, whenever its time would have been."""
        with self._changed:
            now = time.monotonic()
            self._waiting = [
                (min(due, now) if wanted(thing) else due, order, thing) for due, order, thing in self._waiting
            ]
            heapq.heapify(self._waiting)
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody takes anything any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._waiting)
