"""Columns that fit: each as wide as it needs, the flexible ones giving way first, nothing ever wrapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`least`: how far it may be cut, None for never; `right`: numbers stand under each other."""

    head: str
    least: int | None = None
    right: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int | None, more: str = "…") -> list[Text]:
    """Head and rows as lines of at most `width` cells; columns that are empty in every row are left out."""
    kept = [i for i in range(len(columns)) if not rows or any(row[i].cell_len for row in rows)]
    shown = [columns[i] for i in kept]
    cells = [[row[i] for i in kept] for row in rows]
    natural = [max(len(shown[i].head), *(row[i].cell_len for row in cells), 0) for i in range(len(shown))]
    widths = natural if width is None else _fitted(shown, natural, width)
    head = [Text(column.head.upper(), style="dim") for column in shown]
    return [_line(shown, widths, row, more) for row in (head, *cells)]


def fit(text: Text, width: int, *, right: bool = False, more: str = "…") -> Text:
    """Exactly `width` cells."""
    cut = text.copy()
    if cut.cell_len > width:
        cut.truncate(max(0, width - len(more)))
        cut.append(more[:width])
    blank = " " * (width - cut.cell_len)
    return Text(blank).append_text(cut) if right else cut.append(blank)


def _fitted(columns: Sequence[Column], natural: Sequence[int], width: int) -> list[int]:
    """Takes from the widest flexible column, one cell at a time, until the line fits."""
    widths = list(natural)
    room = width - GAP * (len(columns) - 1)
    while sum(widths) > room:
        flexible = [i for i, c in enumerate(columns) if c.least is not None and widths[i] > max(c.least, len(c.head))]
        if not flexible:
            break
        widths[max(flexible, key=widths.__getitem__)] -= 1
    return widths


def _line(columns: Sequence[Column], widths: Sequence[int], cells: Sequence[Text], more: str) -> Text:
    joined = Text()
    for i, (column, width, cell) in enumerate(zip(columns, widths, cells, strict=True)):
        joined.append(" " * GAP if i else "")
        joined.append_text(fit(cell, width, right=column.right, more=more))
    joined.rstrip()
    return joined
