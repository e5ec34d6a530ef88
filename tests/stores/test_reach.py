"""A reach is a set of positions: whatever is asked of it is what the set would answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headway.stores.reach import Reach, up_to

SPACE = range(-1, 40)


def members(reach: Reach) -> set[int]:
    """The positions, counted one by one."""
    gone = {position for low, high in reach.gaps for position in range(low, high)}
    return {position for position in SPACE if position < reach.top} - gone


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    """A reach with gaps anywhere below its top."""
    edges = sorted(draw(st.sets(st.integers(0, 36), max_size=8)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return Reach(draw(st.integers(edges[-1] + 1 if edges else 0, 38)), tuple(pairs))


def well_formed(reach: Reach) -> bool:
    """Gaps are in order, apart, not empty, and below the top."""
    edges = [edge for gap in reach.gaps for edge in gap]
    return edges == sorted(set(edges)) and all(edge < reach.top for edge in edges)


@given(reaches())
def test_it_covers_its_positions(reach: Reach) -> None:
    assert {position for position in SPACE if reach.covers(position)} == members(reach)


@given(reaches())
def test_its_position_is_the_last_before_anything_is_missing(reach: Reach) -> None:
    missing = min(set(range(40)) - members(reach))
    assert reach.position == missing - 1


@given(reaches(), reaches(), st.integers(0, 40))
def test_a_sum_covers_what_either_covers(one: Reach, other: Reach, below: int) -> None:
    total = one.plus(other, below)
    assert well_formed(total)
    assert members(total) == members(one) | {position for position in members(other) if position < below}


@given(reaches(), reaches())
def test_it_includes_what_it_covers(one: Reach, other: Reach) -> None:
    assert one.includes(other) == (members(one) >= members(other))


@given(reaches(), st.integers(0, 40))
def test_what_lies_under_a_position(reach: Reach, below: int) -> None:
    under = reach.under(below)
    assert well_formed(under)
    assert members(under) == {position for position in members(reach) if position < below}


@given(reaches(), st.integers(1, 4))
def test_fewer_gaps_only_ever_cover_less(reach: Reach, count: int) -> None:
    coarse = reach.coarse(count)
    assert len(coarse.gaps) <= count
    assert well_formed(coarse)
    assert members(coarse) <= members(reach)
    assert (coarse.position, coarse.top) == (reach.position, reach.top)


def test_a_plain_position_covers_all_up_to_it() -> None:
    assert members(up_to(7)) == set(range(-1, 8))
    assert (up_to(7).position, up_to(7).gaps) == (7, ())
