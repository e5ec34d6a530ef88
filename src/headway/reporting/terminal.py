"""A bar on the terminal for a loop outside any job; nothing where there is no terminal."""

from __future__ import annotations

import operator
import shutil
import sys
import time
from collections.abc import Generator, Iterable
from typing import TextIO, TypeVar

_Item = TypeVar("_Item")

REDRAW_S = 0.1


def drawn(
    iterable: Iterable[_Item],
    *,
    total: int | None = None,
    unit: str | None = None,
    label: str | None = None,
    stream: TextIO | None = None,
) -> Generator[_Item, None, None]:
    """Yields the items and redraws one line at most ten times a second."""
    out = stream if stream is not None else sys.stderr
    if not out.isatty():
        yield from iterable
        return
    total = total if total is not None else operator.length_hint(iterable, 0) or None
    done, began, drawn_at = 0, time.monotonic(), 0.0
    try:
        for done, item in enumerate(iterable):  # the count outlives the loop on purpose
            now = time.monotonic()
            if now - drawn_at >= REDRAW_S:
                drawn_at = now
                out.write("\r" + line(label, done, total, unit, now - began, _width()) + "\x1b[K")
                out.flush()
            yield item
            done += 1  # noqa: PLW2901  # this turn of the loop is over
    finally:
        out.write("\r" + line(label, done, total, unit, time.monotonic() - began, _width()) + "\x1b[K\n")
        out.flush()


def line(label: str | None, done: int, total: int | None, unit: str | None, elapsed_s: float, width: int) -> str:
    """One line that fits into `width`: label, bar and percent where the total is known, count, rate."""
    rate = f"  {done / elapsed_s:,.1f}/s" if elapsed_s > 0 and done else ""
    head = f"{label}  " if label else ""
    count = f"{done:,}" + (f" of {total:,}" if total else "") + (f" {unit}" if unit else "") + rate
    if not total:
        return (head + count)[: width - 1]
    percent = min(100, done * 100 // total)
    room = max(5, width - len(head) - len(count) - 10)
    full = room * min(done, total) // total
    return f"{head}{'━' * full}{'╌' * (room - full)} {percent:3d}%  {count}"[: width - 1]


def _width() -> int:
    return shutil.get_terminal_size().columns
