"""Text that others wrote reaches the terminal as text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.cli.render import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("reading page 12", "reading page 12"),
        ("één naïve résumé 数据", "één naïve résumé 数据"),
        ("a\tb\nc\r\nd\x0be\u2028f\u2029g\x85h", "a b c d e f g h"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m", "\ufffd31m"),
        ("safe\u202egnp.exe", "safe\ufffdgnp.exe"),
        ("\u2066a\u2069\u200f", "\ufffda\ufffd\ufffd"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("\ud800", "\ufffd"),
        ("👩\u200d👧 क्\u200dष", "👩\u200d👧 क्\u200dष"),
        ("1\u00a0000", "1\u00a0000"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_or_taken_out(text: str, shown: str) -> None:
    assert clean.line(text) == shown


@given(st.text())
def test_nothing_that_is_obeyed_is_left_whatever_comes(text: str) -> None:
    left = {unicodedata.category(char) for char in clean.line(text).replace("\u200d", "").replace("\u200c", "")}
    assert left.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean.line(clean.line(text)) == clean.line(text)


def test_long_text_keeps_its_lines() -> None:
    assert clean.lines("first\r\n\tsecond \x1b[2J\n\nlast\n\n") == ["first", "    second ␛[2J", "", "last"]


def test_values_are_cleaned_wherever_the_text_stands() -> None:
    assert clean.values({"k\x1b": ["\x07", {"n": 1, "none": None}]}) == {"k␛": ["␇", {"n": 1, "none": None}]}
