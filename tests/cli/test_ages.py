"""Times are said as people say them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from headway.cli.render import ages

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
NOON = 1_764_072_000_000_000  # 2025-11-25 12:00:00 UTC, a Tuesday


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("micros", "said"),
    [
        (-5 * SECOND, "0.0s"),
        (0, "0.0s"),
        (440_000, "0.4s"),
        (9_940_000, "9.9s"),
        (9_990_000, "9.9s"),
        (10 * SECOND, "10s"),
        (59 * SECOND, "59s"),
        (65 * SECOND, "1m 05s"),
        (2 * HOUR + 14 * MINUTE, "2h 14m"),
        (3 * DAY + 4 * HOUR, "3d 4h"),
        (400 * DAY, "400d 0h"),
    ],
)
def test_a_span_has_at_most_two_units(micros: int, said: str) -> None:
    assert ages.span(micros) == said


@pytest.mark.parametrize(
    ("micros", "said"), [(0, "0s"), (59 * SECOND, "59s"), (61 * SECOND, "1m"), (2 * HOUR, "2h"), (25 * HOUR, "1d")]
)
def test_a_column_takes_one_unit(micros: int, said: str) -> None:
    assert ages.short(micros) == said


@pytest.mark.parametrize(
    ("micros", "said"),
    [(40 * SECOND, "40s"), (190 * SECOND, "3m 10s"), (13 * MINUTE + 36 * SECOND, "13m"), (2 * HOUR, "2h 00m")],
)
def test_an_estimate_is_said_no_finer_than_it_is(micros: int, said: str) -> None:
    assert ages.about(micros) == said


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (0, "12:00"),
        (5 * HOUR, "17:00"),
        (-11 * HOUR, "01:00"),
        (DAY, "Wed 12:00"),
        (-2 * DAY, "Sun 12:00"),
        (30 * DAY, "2025-12-25 12:00"),
    ],
)
def test_a_time_of_another_day_names_the_day(after: int, said: str) -> None:
    assert ages.clock(NOON + after, NOON, seconds=False) == said


def test_seconds_are_said_where_they_matter() -> None:
    assert ages.clock(NOON + 9 * SECOND, NOON, seconds=ages.near(NOON + 9 * SECOND, NOON)) == "12:00:09"
    assert not ages.near(NOON + HOUR, NOON)


def test_clocks_that_disagree_make_no_negative_ages() -> None:
    assert ages.ago(NOON + MINUTE, NOON) == "just now"
    assert ages.ago(NOON - MINUTE, NOON) == "1m 00s ago"
