"""How far somebody has read: a set of positions, exact also while transactions that began earlier are still open.

Where positions are handed out in the order in which transactions end, that set is everything up to one position. Where
they are handed out as transactions begin, later ones may be readable while an earlier one is open: it leaves a gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

Span = tuple[int, int]  # from the first position up to, and without, the second

_END: Final = 2**63  # no store goes so far


class Reach(NamedTuple):
    """All positions below `top` but those in `gaps`, which are in order, apart from each other and not empty."""

    top: int
    gaps: tuple[Span, ...] = ()

    @property
    def position(self) -> int:
        """Everything up to here belongs to it: what can be proven with one number."""
        return (self.gaps[0][0] if self.gaps else self.top) - 1

    def covers(self, position: int) -> bool:
        """Whether a change at this position was read."""
        if position >= self.top or not self.gaps:
            return position < self.top
        before = bisect_right(self.gaps, (position, _END)) - 1
        return before < 0 or position >= self.gaps[before][1]

    def includes(self, other: Reach) -> bool:
        """Whether everything that the other covers is covered here."""
        return self.plus(other) == self

    def plus(self, other: Reach, below: int = _END) -> Reach:
        """Both together; of the other only what lies `below` a position."""
        return of_gaps(_shared(_open(self), _open(other.under(below))))

    def under(self, below: int) -> Reach:
        """Only what lies below a position."""
        if below >= self.top:
            return self
        return of_gaps([*(gap for gap in self.gaps if gap[1] < below), (self._edge(below), _END)])

    def coarse(self, count: int) -> Reach:
        """No more than so many gaps: the last ones become one. What it covers less is read once more."""
        if len(self.gaps) <= count:
            return self
        kept, merged = self.gaps[: count - 1], self.gaps[count - 1 :]
        return Reach(self.top, (*kept, (merged[0][0], merged[-1][1])))

    def _edge(self, below: int) -> int:
        """Where the gap begins that a position lies in or ends, else the position."""
        return next((low for low, high in self.gaps if low < below <= high), below)


def up_to(position: int) -> Reach:
    """Everything up to a position."""
    return Reach(position + 1)


def of_gaps(gaps: Iterable[Span]) -> Reach:
    """Everything but these, of which the last has no end."""
    *inner, (top, _) = gaps
    return Reach(top, tuple(inner))


def _open(reach: Reach) -> list[Span]:
    return [*reach.gaps, (reach.top, _END)]


def _shared(ours: list[Span], theirs: list[Span]) -> Iterator[Span]:
    """What lies in a span of both lists."""
    one = two = 0
    while one < len(ours) and two < len(theirs):
        low, high = max(ours[one][0], theirs[two][0]), min(ours[one][1], theirs[two][1])
        if low < high:
            yield low, high
        if ours[one][1] < theirs[two][1]:
            one += 1
        else:
            two += 1
