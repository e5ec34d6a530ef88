"""Counts that one producer makes for one step (or the job), cheap enough to be told at every item of a loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from headway.core import limits
from headway.core.commands import Advance, Report, Update
from headway.core.errors import InvalidReport
from headway.reporting.tally import Tally


class Counter:
    """Adds without a lock and without a clock; the flusher takes what has come since it last looked.

    `n` only ever grows and only the reporting threads write it, so taking never races with adding. `n += 1` on a slot
    is not interrupted between its load and its store while the interpreter has its lock (CPython checks for a switch
    at calls and loop ends only).
    """

    __slots__ = ("_lock", "_taken", "_tally", "_values", "n", "stopped")

    def __init__(self, tally: Tally) -> None:
        self.n = 0
        self.stopped = False  # somebody asked the work to stop: whoever counts next looks why
        self._taken = 0
        self._tally = tally
        self._values: dict[str, Any] = {}
        self._lock = threading.Lock()

    def set(self, **values: Any) -> None:
        """Sets counts, unit or message; the newest wins, and a set `current` replaces what was added before."""
        checked = {name: _CHECKS[name](name, value) for name, value in values.items() if value is not None}
        if checked.get("current", 0) > checked.get("total", limits.COUNT_MAX):
            raise InvalidReport("current", f"{checked['current']} is more than the total {checked['total']}")
        with self._lock:
            self._values.update(checked)
            if "total" in self._values:  # the two may have come apart; a total that is exceeded was an estimate
                self._values["total"] = max(self._values["total"], self._values.get("current", 0))
            if "current" in checked:
                self._count(self.n)
        self._tally.updates += 1

    def take(self, step: str | None) -> list[Report]:
        """The items that bring the store up to here, none if nothing has changed."""
        with self._lock:
            values, self._values = self._values, {}
            delta = self._count(self.n)
        return _items(step, values, delta)

    def seen(self, step: str | None) -> list[Report]:
        """The same, and nothing is taken."""
        with self._lock:
            return _items(step, dict(self._values), self.n - self._taken)

    def after_fork(self) -> None:
        """In a forked child: what was counted before belongs to the parent."""
        self._lock = threading.Lock()
        self._values = {}
        self._taken = self.n

    @property
    def waiting(self) -> int:
        """What was added and not taken yet."""
        return self.n - self._taken

    @property
    def dirty(self) -> bool:
        """Whether there is something to take."""
        return self.n != self._taken or bool(self._values)

    def _count(self, n: int) -> int:
        """Takes what was added up to `n`; how much that is."""
        delta, self._taken = n - self._taken, n
        self._tally.counted += delta
        return delta


def _items(step: str | None, values: dict[str, Any], delta: int) -> list[Report]:
    items: list[Report] = [Update(step=step, **values)] if values else []
    if delta:
        items.append(Advance(step=step, delta=delta))
    return items


_CHECKS: dict[str, Callable[[str, object], Any]] = {
    "current": limits.count,
    "total": limits.count,
    "unit": limits.name,
    "message": limits.text,
}
