"""Owns the proof that a cursor is text that survives, and that one which cannot be trusted is told why."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.hub.cursor import Cursor, Mint, ResetReason, judge, mint, parse
from headway.stores.protocol import Filter, Horizon
from headway.stores.reach import Reach, up_to
from tests.hub.late import reaches

EPOCH = "a1b2c3d4e5f6"
NUMBERS = st.integers(0, 2**53)
POSITIONS = st.integers(0, 2**63 - 2)
MANY = mint(EPOCH, Filter(kinds=frozenset({"index"})))
ONE = mint(EPOCH, Filter(jobs=frozenset({"0192d3a0-7c00-7000-8000-000000000001"})))
HERE = MANY.cursor(up_to(70), "c0ffee")
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
    "a gap of nothing": f"{HERE}_0-0-1",
    "half of a gap": f"{HERE}_0-1",
    "a gap that could be told shorter": f"{HERE}_0-10-10",
    "a gap beyond all stores": f"{HERE}_3f-1-1",
    "zeros without an end": f"{HERE}_ffffffffffff-1-1",
    "a position beyond all stores": str(HERE).replace(".70.", ".9999999999999999999."),
}


def judged(cursor: str, mint: Mint = MANY, horizon: Horizon = HORIZON, check: str = "c0ffee") -> object:
    return judge(cursor, mint, horizon, lambda _: check)


@given(position=POSITIONS, seq=NUMBERS, version=NUMBERS, check=st.from_regex(r"\A[0-9a-z]{1,32}\Z"))
def test_a_cursor_is_short_plain_text_that_reads_back(position: int, seq: int, version: int, check: str) -> None:
    reach = up_to(position)
    for cursor in (MANY.cursor(reach, check, seq, version), ONE.cursor(reach, check, seq, version)):
        assert re.fullmatch(r"[0-9a-z._-]{1,128}", str(cursor))
        assert parse(str(cursor)) == cursor


@given(reach=reaches(), check=st.from_regex(r"\A[0-9a-z]{1,32}\Z"), seq=NUMBERS)
def test_gaps_that_do_not_fit_are_only_ever_told_larger(reach: Reach, check: str, seq: int) -> None:
    for cursor in (MANY.cursor(reach, check), ONE.cursor(reach, check, seq, seq)):
        assert re.fullmatch(r"[0-9a-z._-]{1,128}", str(cursor))
        back = parse(str(cursor))
        assert back is not None
        assert reach.includes(back.reach)
        assert (back.position, back.check) == (reach.position, check)
        assert back.reach.top == reach.top or ONE.filter == back.filter, "what is new is not read again and again"


@given(st.integers(3, 2**42), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 99)), min_size=1, max_size=8))
def test_a_cursor_holds_as_many_open_transactions_as_are_usual(first: int, turns: list[tuple[int, int]]) -> None:
    gaps, low = list[tuple[int, int]](), first << 20
    for missing, there in turns:
        gaps.append((low, low + (missing << 20)))
        low += missing + there << 20
    cursor = MANY.cursor(Reach(low, tuple(gaps)), "c0ffee0000")
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
    assert judged(str(ONE.cursor(up_to(70), "c0ffee", 3, 8)), ONE) == ONE.cursor(up_to(70), "c0ffee", 3, 8)


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (mint(EPOCH, Filter()).cursor(up_to(70), "c0ffee"), ResetReason.OTHER_FILTER),
        (replace(HERE, filter=mint(EPOCH, Filter(tenant="b")).filter), ResetReason.OTHER_FILTER),
        (ONE.cursor(up_to(70), "c0ffee", 3, 8), ResetReason.OTHER_FILTER),
        (replace(HERE, seq=3, version=8), ResetReason.OTHER_FILTER),
        (mint("another", Filter(kinds=frozenset({"index"}))).cursor(up_to(70), "c0ffee"), ResetReason.OTHER_STORE),
        (replace(HERE, reach=up_to(101)), ResetReason.AHEAD),
        (replace(HERE, reach=Reach(102, ((71, 101),))), ResetReason.AHEAD),
        (replace(HERE, reach=up_to(49)), ResetReason.EXPIRED),
        (replace(HERE, check="decaf"), ResetReason.HISTORY_DIFFERS),
    ],
)
def test_a_cursor_that_proves_nothing_says_why(cursor: Cursor, reason: ResetReason) -> None:
    assert judged(str(cursor)) is reason


def test_a_cursor_that_knows_more_than_the_store_is_ahead_wherever_that_lies() -> None:
    horizon = Horizon(epoch=EPOCH, reach=Reach(100, ((80, 90),)), floor=50)
    among = replace(HERE, reach=Reach(95, ((71, 85),)))
    within = replace(HERE, reach=Reach(95, ((71, 92),)))
    assert judged(str(among), horizon=horizon) is ResetReason.AHEAD
    assert judged(str(within), horizon=horizon) == within


def test_the_order_of_values_in_a_filter_makes_no_other_stream() -> None:
    one, other = Filter(kinds=frozenset(["a", "b", "c"])), Filter(kinds=frozenset(["c", "b", "a"]))
    assert mint(EPOCH, one) == mint(EPOCH, other)
    assert mint(EPOCH, Filter(kinds=frozenset({"a"}))) != mint(EPOCH, Filter(projects=frozenset({"a"})))
