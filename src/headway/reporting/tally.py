"""What one process's reporter has done so far: how much it was told, and in how few writes that was stored."""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """Since the reporter was made, or since the fork in a forked child.

    `counted`: units that `advance` and tracked loops counted. `updates`: calls of `update`. `transitions`: reports that
    are history, stored or spooled. `flushes`: how often the background loop brought counts to the store. `commits`: the
    store's transactions that all of it took, creating and attaching included; requests, over HTTP.
    """

    counted: int = 0
    updates: int = 0
    transitions: int = 0
    flushes: int = 0
    commits: int = 0

    @property
    def reports(self) -> int:
        """All that was told: each unit, each update and each transition."""
        return self.counted + self.updates + self.transitions


class Tally:
    """Numbers that only grow, added to without a lock: see `Counter` on why nothing is lost between threads."""

    __slots__ = ("counted", "flushes", "transitions", "updates")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begins again, as in a forked child."""
        self.counted = self.updates = self.transitions = self.flushes = 0
