"""Tables fit the terminal and lose as little as they must."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from headway.cli.render.tables import Column, fit, table

COLUMNS = (
    Column(head="id"),
    Column(head="kind", least=4),
    Column(head="left", right=True),
    Column(head="about", least=4),
)


def shown(*rows: tuple[str, ...], width: int | None = None) -> list[str]:
    return [line.plain for line in table(COLUMNS, [[Text(cell) for cell in row] for row in rows], width)]


def test_columns_are_as_wide_as_they_need() -> None:
    assert shown(("1", "index", "3m", "file:42"), ("22", "x", "10m", "")) == [
        "ID  KIND   LEFT  ABOUT",
        "1   index    3m  file:42",
        "22  x       10m",
    ]


def test_an_empty_column_takes_no_room() -> None:
    assert shown(("1", "index", "", "file:42")) == ["ID  KIND   ABOUT", "1   index  file:42"]


def test_the_widest_flexible_column_gives_way_first() -> None:
    lines = shown(("1", "index", "3m", "a subject that is long"), width=30)
    assert lines[1] == "1   index    3m  a subject th…"
    assert max(map(len, lines)) <= 30


def test_without_a_width_nothing_is_cut() -> None:
    assert shown(("1", "k" * 200, "", "s" * 200))[1] == f"1   {'k' * 200}  {'s' * 200}"


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40), st.integers(1, 30))
def test_a_cell_is_exactly_as_wide_as_told(text: str, width: int) -> None:
    assert fit(Text(text), width).cell_len == width
    assert fit(Text(text), width, right=True).cell_len == width
