"""Owns the promises about times and ids as text: exact, in UTC, sortable, and never guessed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core.errors import InvalidReport
from headway.core.ids import uuid7
from headway.core.instant import from_datetime, from_text, to_text

moments = st.integers(0, 2**53 - 1)
random_bytes = st.binary(min_size=10, max_size=10)


@given(moments)
def test_a_time_as_text_comes_back_to_the_microsecond(at: int) -> None:
    assert from_text("at", to_text(at)) == at
    assert len(to_text(at)) == 27


@given(moments, moments)
def test_times_as_text_sort_like_times(one: int, other: int) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


def test_a_time_reads_as_rfc_3339_says() -> None:
    assert to_text(0) == "1970-01-01T00:00:00.000000Z"
    assert to_text(1_795_329_352_123_456) == "2026-11-22T06:35:52.123456Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T06:35:52Z",
        "2026-11-22T06:35:52.000Z",
        "2026-11-22T06:35:52+00:00",
        "2026-11-22T07:35:52+01:00",
        "2026-11-22 06:35:52Z",
    ],
)
def test_one_moment_may_be_written_in_several_ways(text: str) -> None:
    assert from_text("at", text) == 1_795_329_352_000_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "must be an RFC 3339 time, not 'yesterday'"),
        ("", "must be an RFC 3339 time"),
        ("2026-11-22T06:35:52", "needs an offset"),
        ("2026-11-22", "needs an offset"),
        ("2026-13-01T00:00:00Z", "must be an RFC 3339 time"),
        ("1969-12-31T23:59:59Z", "must be a time between 1970 and 2255"),
        ("9999-12-31T23:59:59Z", "must be a time between 1970 and 2255"),
        ("0001-01-01T00:00:00+23:59", "must be a time between 1970 and 2255"),
        (1_795_329_352, "must be an RFC 3339 time, not 1795329352"),
        (None, "must be an RFC 3339 time, not None"),
        ("\ud800" * 100, "must be an RFC 3339 time"),
    ],
)
def test_what_is_no_time_is_refused(text: Any, reason: str) -> None:
    with pytest.raises(InvalidReport) as caught:
        from_text("until", text)
    assert caught.value.field == "until"
    assert reason in caught.value.reason
    assert len(str(caught.value).encode()) < 150


def test_a_datetime_needs_its_zone() -> None:
    moment = datetime(2026, 11, 22, 6, 35, 52, tzinfo=UTC)
    assert from_datetime("at", moment) == 1_795_329_352_000_000
    assert from_datetime("at", moment.astimezone(timezone(timedelta(hours=5)))) == 1_795_329_352_000_000
    with pytest.raises(InvalidReport, match="at: needs a time zone"):
        from_datetime("at", moment.replace(tzinfo=None))


@given(moments, random_bytes)
def test_an_id_is_a_uuid_of_version_7_that_holds_its_time(at: int, random: bytes) -> None:
    made = uuid.UUID(uuid7(at, random))
    assert (made.version, made.variant, str(made)) == (7, uuid.RFC_4122, uuid7(at, random))
    assert made.int >> 80 == at // 1000


@given(moments, moments, random_bytes, random_bytes)
def test_ids_sort_by_the_millisecond_they_were_made_in(one: int, other: int, a: bytes, b: bytes) -> None:
    if one // 1000 != other // 1000:
        assert (uuid7(one, a) < uuid7(other, b)) == (one < other)


@given(moments, random_bytes, random_bytes)
def test_randomness_tells_ids_of_one_millisecond_apart(at: int, a: bytes, b: bytes) -> None:
    kept = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)
    same = int.from_bytes(a, "big") & kept == int.from_bytes(b, "big") & kept
    assert (uuid7(at, a) == uuid7(at, b)) == same
