"""Owns how the work on a folder tells where it is: a stage, and how many of its counted parts are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Report = Callable[[str, int, int, str], None]
"""Told `(stage, current, total, message)` whenever a part of the work really is done.

`0 <= current <= total`; within a stage the total stays and the current never goes back. It may raise to stop the work:
the exception goes through, and nothing half-written is left.
"""

Item = TypeVar("Item")


class Stage:
    """One stage of the work, whose parts were counted before its first one began."""

    def __init__(self, report: Report, name: str, total: int, message: str) -> None:
        self._report, self._name, self._total = report, name, max(1, total)
        self._done, self._message = 0, message
        self._tell()

    def did(self, message: str | None = None, *, parts: int = 1) -> None:
        """So many parts more are done. The message is about what comes now and stays until another one does."""
        self._done += parts
        assert self._done <= self._total, f"{self._name}: {self._done} of {self._total} parts"
        self._message = message or self._message
        self._tell()

    def each(self, items: Iterable[Item], message: str | None = None) -> Iterator[Item]:
        """The items, each counted as done when the next one is asked for."""
        self._message = message or self._message
        for item in items:
            yield item
            self.did()

    def still(self) -> None:
        """Nothing more is done, and it goes on: what cannot be counted before can so be stopped, too."""
        self._tell()

    def _tell(self) -> None:
        self._report(self._name, self._done, self._total, self._message)
