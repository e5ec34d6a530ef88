"""Owns what a measured line is: samples, what stands beside them, the ratio of the two, and the bar it must reach."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """One figure, measured once a round. The unit is part of the name people read: ns, µs, ms, /s, KiB."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def text(self) -> str:
        """Median and unit, as a table shows them."""
        return f"{number(self.median)}{'' if self.unit.startswith('/') else ' '}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a ratio, or a figure with nothing beside it, must not exceed or must at least reach."""

    sign: Literal["≤", "≥"]
    limit: float
    unit: str = "×"

    def holds(self, value: float) -> bool:
        return value <= self.limit if self.sign == "≤" else value >= self.limit

    def text(self) -> str:
        return f"{self.sign} {number(self.limit)} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Headway's figure and one other of the same rounds. Without `beside` the bar judges the figure itself."""

    what: str
    ours: Samples
    beside: Samples | None = None
    bar: Bar | None = None
    note: str = ""

    def judged(self) -> list[float]:
        """What the bar looks at: a ratio for every round, or the figure of every round."""
        if self.beside is None:
            return list(self.ours.values)
        return [mine / theirs for mine, theirs in zip(self.ours.values, self.beside.values, strict=True)]

    def holds(self) -> bool | None:
        return None if self.bar is None else self.bar.holds(statistics.median(self.judged()))

    def cells(self) -> tuple[str, ...]:
        """One cell for each of HEADINGS."""
        verdict = {None: "", True: "holds", False: "MISSED"}[self.holds()]
        other = "" if self.beside is None else f"{self.beside.name}: {self.beside.text()}"
        return (
            self.what,
            self.ours.text(),
            other,
            spread(self.judged()),
            self.bar.text() if self.bar else "",
            f"{verdict} {self.note}".strip(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A figure that could not be taken here, with the reason: nothing is left out in silence."""

    what: str
    reason: str

    def cells(self) -> tuple[str, ...]:
        return (self.what, "", self.reason, "", "", "")


Line = Row | Absent
HEADINGS = ("what", "Headway", "beside it", "ratio, or the figure: median (min..max)", "bar", "")


def number(value: float) -> str:
    """Three figures that matter, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(values: Sequence[float]) -> str:
    return f"{number(statistics.median(values))} ({number(min(values))}..{number(max(values))})"


def table(lines: Iterable[Line]) -> str:
    """All lines as Markdown."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
