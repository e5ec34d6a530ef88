"""Owns the promises about values: what is refused, with which field and reason, and what stays as it was sent."""

from __future__ import annotations

import math
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core import limits
from headway.core.errors import InvalidReport

CHOSEN = uuid.UUID("6f1c0a52-8d1e-4b7a-9a3e-0c5d2b9e7f41")
MANY = 10**5000  # more digits than Python likes to print
writable = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | writable,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(writable, inner, max_size=4),
    max_leaves=12,
)


def why(field: str, check: Any, *args: Any) -> str:
    """The reason of a refusal that must name this field, and can be written down."""
    with pytest.raises(InvalidReport) as caught:
        check(*args)
    assert caught.value.field == field
    str(caught.value).encode()
    return caught.value.reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "must be text, not NoneType"),
        (7, "must be text, not int"),
        (b"scan", "must be text, not bytes"),
        ("", "blank"),
        (" \t\n\u3000", "blank"),
        ("a\x00b", "control characters"),
        ("a\nb", "control characters"),
        ("a\x1bb", "control characters"),
        ("a\x7fb", "control characters"),
        ("x" * 101, "at most 100 characters, got 101"),
        ("a\ud800", "UTF-8"),
        ("\ud83d\ude00", "UTF-8"),
    ],
)
def test_a_name_is_a_short_line_that_is_not_blank(value: Any, reason: str) -> None:
    assert reason in why("kind", limits.name, "kind", value)


@pytest.mark.parametrize("value", ["x" * 100, "📄" * 100, "Straße <b>&", "a b", "'; drop table job; --", "\u202e"])
def test_every_other_name_stays_as_it_is(value: str) -> None:
    assert limits.name("kind", value) == value


def test_a_fact_may_be_absent_and_is_a_longer_name() -> None:
    assert limits.fact("project", None) is None
    assert limits.fact("project", "x" * 200) == "x" * 200
    assert "at most 200" in why("project", limits.fact, "project", "x" * 201)


def test_text_is_free_but_for_its_length() -> None:
    assert limits.text("message", None) is None
    assert limits.text("message", "") == ""
    assert limits.text("message", "line\nline\ttab\x1b[1m") == "line\nline\ttab\x1b[1m"
    assert limits.text("message", "a\x00b") == "a\ufffdb"
    assert limits.text("message", "x" * 2000) == "x" * 2000
    assert "at most 2000 characters, got 2001" in why("message", limits.text, "message", "x" * 2001)
    assert "must be text" in why("message", limits.text, "message", 7)
    assert "UTF-8" in why("message", limits.text, "message", "a\udfff")


@given(st.text(), st.integers(1, 30))
def test_captured_text_always_fits(value: str, limit: int) -> None:
    kept = limits.captured(value, limit)
    assert len(kept) <= limit
    assert limits.text("error", kept, limit) == kept
    kept.encode()


def test_captured_text_says_that_it_was_cut() -> None:
    assert limits.captured("short") == "short"
    assert limits.captured("abcdef", 4) == "abc…"
    assert limits.captured("abcd", 4) == "abcd"
    assert limits.captured("a\x00\ud800", 9) == "a\ufffd\ufffd"


@pytest.mark.parametrize("value", [0, 1, 2**53 - 1])
def test_a_count_is_a_whole_number(value: int) -> None:
    assert limits.count("delta", value) == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "whole number, not True"),
        (1.0, "whole number, not 1.0"),
        (math.nan, "whole number, not nan"),
        ("7", "whole number, not '7'"),
        (None, "whole number, not None"),
        ("x" * 1000, "whole number, not 'xxx"),
        (-1, "must not be negative"),
        (-MANY, "must not be negative"),
        (2**53, f"at most {2**53 - 1}"),
        (2**63, f"at most {2**53 - 1}"),
        (MANY, f"at most {2**53 - 1}"),
    ],
    ids=lambda value: "" if isinstance(value, int | float) else str(value)[:30],
)
def test_what_is_no_count_is_refused(value: Any, reason: str) -> None:
    said = why("delta", limits.count, "delta", value)
    assert reason in said
    assert len(said) < 100


@given(json_values)
def test_a_document_comes_back_as_it_was(value: Any) -> None:
    kept = limits.document("detail", value)
    assert kept == _without_nul(value)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    return [_without_nul(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("a\x00b\x00\x00", "a\ufffdb\ufffd\ufffd"),
        ({"\x00": "\x00"}, {"\ufffd": "\ufffd"}),
        (r"\u0000", r"\u0000"),
        ("\\\x00", "\\\ufffd"),
        ("\\\\\x00\\u0000", "\\\\\ufffd\\u0000"),
    ],
)
def test_nul_in_a_document_is_replaced_and_what_only_looks_like_it_stays(value: Any, kept: Any) -> None:
    assert limits.document("result", value) == kept


def test_a_document_is_plain_json_afterwards_and_shares_nothing_with_what_was_given() -> None:
    given_ = {"pages": (1, 2), 7: True}
    kept = limits.document("result", given_)
    assert kept == {"pages": [1, 2], "7": True}
    assert (limits.document("result", None), limits.document("result", False)) == (None, False)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "must be JSON"),
        ({"a": [math.inf]}, "must be JSON"),
        ({1, 2}, "must be JSON"),
        (b"x", "must be JSON"),
        ({(1, 2): 3}, "must be JSON"),
        (MANY, "must be JSON"),
        ("\ud800", "UTF-8"),
        ({"\udfff": 1}, "UTF-8"),
        ("x" * 65_535, "at most 65536 bytes"),
        ("é" * 40_000, "at most 65536 bytes"),
        (nested(33), "at most 32 levels"),
        (nested(990), ""),
        (nested(100_000), ""),
    ],
    ids=range(13),
)
def test_what_is_no_document_is_refused(value: Any, reason: str) -> None:
    assert reason in why("detail", limits.document, "detail", value)


def test_a_document_at_its_limits_is_kept() -> None:
    assert limits.document("detail", nested(32)) == nested(32)
    assert limits.document("detail", "x" * 65_534) == "x" * 65_534
    endless: list[Any] = []
    endless.append(endless)
    assert "must be JSON" in why("detail", limits.document, "detail", endless)


def test_labels_are_a_small_object_with_names_as_keys() -> None:
    assert limits.labels(None) == {}
    assert limits.labels({"ref": "main", "build": 7}) == {"ref": "main", "build": 7}
    assert "must be an object, not list" in why("labels", limits.labels, ["main"])
    assert "blank" in why("labels", limits.labels, {"": 1})
    assert "must be text" in why("labels", limits.labels, {7: 1})
    assert "at most 4096 bytes" in why("labels", limits.labels, {"a": "x" * 4096})


def test_an_id_is_a_uuid_in_lower_case() -> None:
    chosen = str(CHOSEN)
    assert limits.job_id(chosen) == limits.job_id(chosen.upper()) == chosen


@pytest.mark.parametrize("value", ["", "x", None, 7, str(CHOSEN) + "\n", CHOSEN.hex, "\ud800", CHOSEN])
def test_what_is_no_id_is_refused(value: Any) -> None:
    assert "UUID" in why("id", limits.job_id, value)
