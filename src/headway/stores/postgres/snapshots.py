"""What a snapshot of PostgreSQL can see, as a reach: each transaction owns a span of positions."""

from __future__ import annotations

from typing import Final

from headway.stores.reach import Reach, Span

SPAN: Final = 1 << 20  # positions of one transaction


def reach_of(snapshot: str, base: int) -> Reach:
    """From the text `xmin:xmax:xid,xid,…` of pg_current_snapshot(): all transactions below xmax but the open ones."""
    _, xmax, listed = snapshot.split(":")
    opened = sorted(map(int, listed.split(","))) if listed else []
    gaps: list[Span] = []
    for xid in opened:
        low, high = _span(xid + base)
        if gaps and gaps[-1][1] == low:
            low = gaps.pop()[0]
        gaps.append((low, high))
    return _without_open_end(_span(int(xmax) + base)[0], gaps)


def _span(number: int) -> Span:
    return number * SPAN, (number + 1) * SPAN


def _without_open_end(top: int, gaps: list[Span]) -> Reach:
    """A gap that reaches to the top is no gap."""
    while gaps and gaps[-1][1] >= top:
        top = gaps.pop()[0]
    return Reach(top, tuple(gaps))
