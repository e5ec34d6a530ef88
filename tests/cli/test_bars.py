"""Bars and counts tell no more than is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.cli.render.bars import ASCII, UNICODE, bar, counts, glyphs_for, percent_text


def drawn(percent: float | None, width: int = 10, count: int = 0) -> str:
    return bar(percent, width, UNICODE, style="cyan", count=count).plain


@pytest.mark.parametrize(
    ("percent", "shown"),
    [
        (0.0, "──────────"),
        (4.9, "──────────"),
        (5.0, "╸─────────"),
        (50.0, "━━━━━─────"),
        (99.9, "━━━━━━━━━╸"),
        (100.0, "━━━━━━━━━━"),
    ],
)
def test_a_bar_is_rounded_down(percent: float, shown: str) -> None:
    assert drawn(percent) == shown


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 120))
def test_more_is_never_drawn_as_less(one: int, other: int, width: int) -> None:
    less, more = sorted((one, other))
    filled = [drawn(p / 10, width).count("━") * 2 + drawn(p / 10, width).count("╸") for p in (less, more)]
    assert filled == sorted(filled)
    assert len(drawn(more / 10, width)) == width


@given(st.integers(0, 10**9), st.integers(1, 120))
def test_what_has_no_measure_has_a_piece_that_moves_with_the_count(count: int, width: int) -> None:
    shown = drawn(None, width, count)
    assert len(shown) == width
    assert shown.count("━") == min(3, width)
    assert "─" not in shown


def test_standing_still_is_drawn_standing_still() -> None:
    assert drawn(None, 20, 7) == drawn(None, 20, 7) != drawn(None, 20, 8)


@pytest.mark.parametrize(
    ("percent", "said"), [(None, ""), (0.0, "0.0 %"), (62.4, "62.4 %"), (99.9, "99.9 %"), (100.0, "100 %")]
)
def test_percent_is_said_with_one_decimal_until_it_is_all(percent: float | None, said: str) -> None:
    assert percent_text(percent) == said


@pytest.mark.parametrize(
    ("current", "total", "unit", "said"),
    [
        (195, 320, "pages", "195/320 pages"),
        (1950, None, "rows", "1,950 rows"),
        (3, 9, None, "3/9"),
        (12_500_000, 40_000_000, "bytes", "12.5/40.0 MB"),
        (512, None, "bytes", "512 bytes"),
        (2_500_000_000, None, "B", "2.5 GB"),
    ],
)
def test_counts_are_said_with_their_unit(current: int, total: int | None, unit: str | None, said: str) -> None:
    assert counts(current, total, unit) == said


@pytest.mark.parametrize(
    ("encoding", "glyphs"),
    [("utf-8", UNICODE), ("ascii", ASCII), ("cp1252", ASCII), (None, ASCII), ("no such encoding", ASCII)],
)
def test_a_terminal_is_sent_what_its_encoding_can_carry(encoding: str | None, glyphs: object) -> None:
    assert glyphs_for(encoding) is glyphs


def test_plain_characters_are_told_apart_too() -> None:
    assert bar(50.0, 10, ASCII, style="").plain == "#####....."
    assert len(set(ASCII.marks.values())) == len(ASCII.marks)
