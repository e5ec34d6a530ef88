"""Owns how much an application told of its work, and in how few writes that was stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import headway


@dataclass(frozen=True, slots=True)
class Effort:
    """Calls made to reporters, a counted page being one; and the store's commits that all of them took."""

    reports: int = 0
    writes: int = 0

    @classmethod
    def of(cls, reporter: headway.Reporter) -> Effort:
        """What one reporter of this process has done so far."""
        counts = reporter.counts()
        return cls(counts.reports, counts.commits)

    def __add__(self, other: Effort) -> Effort:
        return Effort(self.reports + other.reports, self.writes + other.writes)
