"""Owns who works a line off: a thread beside each desk, until all of them are let go."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

import headway

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from examples.house.desk import Desk
    from examples.intake.line import Line

log = logging.getLogger(__name__)

Thing = TypeVar("Thing")

AGAIN_S = 1.0
"""How soon a store that is away is asked again."""


class Crew(Generic[Thing]):
    """`do` has one thing done at a desk. Whatever it raises, the next thing is taken."""

    def __init__(self, line: Line[Thing], desks: Sequence[Desk], do: Callable[[Desk, Thing], None]) -> None:
        self._line, self._desks, self._do = line, desks, do
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._attend, args=(desk,), daemon=True) for desk in desks]

    @property
    def closing(self) -> bool:
        """Whether a desk may be left without an answer because all are let go."""
        return self._closing.is_set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let go of everything. What waits or is half-done is taken up again at the next start."""
        self._closing.set()
        self._line.close()
        for desk in self._desks:
            desk.leave()
        for thread in self._threads:
            thread.join()

    def _attend(self, desk: Desk) -> None:
        while (thing := self._line.take()) is not None:
            try:
                self._do(desk, thing)
            except headway.StoreUnavailable as error:
                log.warning("%r waits for the store: %s", thing, error)
                self._line.put(thing, after_s=AGAIN_S)
            except Exception:  # whoever attends a desk and is gone would let all others wait for ever
                log.exception("%r could not be told how it stands", thing)
