"""Owns the proof that a cursor is text that survives, and that one which cannot be trusted is told why."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.hub.cursor import Cursor, Mint, ResetReason, judge, mint, parse
from headway.stores.protocol import Filter, Horizon
from headway.stores.reach import up_to

EPOCH = "a1b2c3d4e5f6"
NUMBERS = st.integers(0, 2**53)
MANY = mint(EPOCH, Filter(kinds=frozenset({"index"})))
ONE = mint(EPOCH, Filter(jobs=frozenset({"0192d3a0-7c00-7000-8000-000000000001"})))
HERE = MANY.cursor(70, "c0ffee")
HORIZON = Horizon(epoch=EPOCH, reach=up_to(100), floor=50)

GARBAGE = {
    "empty": "",
    "a megabyte": "9" * 1_000_000,
    "NUL": "\0",
    "emoji": "🧭",
    "a path": "../../etc/passwd",
    "other digits": str(HERE).replace("70", "٧٠"),
    "two lines": f"{HERE}\n{HERE}",
    "a line end": f"{HERE}\n",
    "upper case": str(HERE).upper(),
    "a leading zero": str(HERE).replace(".70.", ".070."),
    "a negative position": str(HERE).replace(".70.", ".-70."),
    "half of it": str(HERE)[:20],
    "SQL": "1' or '1'='1",
}


def judged(cursor: str, mint: Mint = MANY, horizon: Horizon = HORIZON, check: str = "c0ffee") -> object:
    return judge(cursor, mint, horizon, lambda _: check)


@given(position=NUMBERS, seq=NUMBERS, version=NUMBERS, check=st.from_regex(r"\A[0-9a-z]{1,32}\Z"))
def test_a_cursor_is_short_plain_text_that_reads_back(position: int, seq: int, version: int, check: str) -> None:
    for cursor in (MANY.cursor(position, check, seq, version), ONE.cursor(position, check, seq, version)):
        assert re.fullmatch(r"[0-9a-z._-]{1,128}", str(cursor))
        assert parse(str(cursor)) == cursor


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_no_cursor(text: str) -> None:
    assert parse(text) is None
    assert judged(text) is ResetReason.UNREADABLE


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    cursor = parse(text)
    assert cursor is None or str(cursor) == text


def test_a_cursor_that_fits_goes_on() -> None:
    assert judged(str(HERE)) == HERE
    assert judged(str(ONE.cursor(70, "c0ffee", 3, 8)), ONE) == ONE.cursor(70, "c0ffee", 3, 8)


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (mint(EPOCH, Filter()).cursor(70, "c0ffee"), ResetReason.OTHER_FILTER),
        (mint(EPOCH, Filter(kinds=frozenset({"index"}), tenant="b")).cursor(70, "c0ffee"), ResetReason.OTHER_FILTER),
        (ONE.cursor(70, "c0ffee", 3, 8), ResetReason.OTHER_FILTER),
        (replace(HERE, seq=3, version=8), ResetReason.OTHER_FILTER),
        (mint("another", Filter(kinds=frozenset({"index"}))).cursor(70, "c0ffee"), ResetReason.OTHER_STORE),
        (replace(HERE, position=101), ResetReason.AHEAD),
        (replace(HERE, position=49), ResetReason.EXPIRED),
        (replace(HERE, check="decaf"), ResetReason.HISTORY_DIFFERS),
    ],
)
def test_a_cursor_that_proves_nothing_says_why(cursor: Cursor, reason: ResetReason) -> None:
    assert judged(str(cursor)) is reason


def test_the_order_of_values_in_a_filter_makes_no_other_stream() -> None:
    one, other = Filter(kinds=frozenset(["a", "b", "c"])), Filter(kinds=frozenset(["c", "b", "a"]))
    assert mint(EPOCH, one) == mint(EPOCH, other)
    assert mint(EPOCH, Filter(kinds=frozenset({"a"}))) != mint(EPOCH, Filter(projects=frozenset({"a"})))
