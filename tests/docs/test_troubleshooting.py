"""What the page of troubles quotes is what the program says."""

from __future__ import annotations

import re

import headway
from tests.docs.said import everything_said
from tests.docs.shown import ELIDED
from tests.house.rules import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
FIRST_CELLS = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("|")]
QUOTED = [quoted for cell in FIRST_CELLS for quoted in re.findall(r"`([^`]+)`", cell) if " " in quoted]


def is_said(quoted: str) -> bool:
    """Whether one text of the program has all that is quoted, with anything in the place of each …, in order."""
    wanted = ".*".join(re.escape(part) for part in quoted.split(ELIDED))
    return bool(re.search(wanted, everything_said()))


def test_what_is_quoted_is_said() -> None:
    assert len(QUOTED) > 30
    commands = [quoted for quoted in QUOTED if quoted.startswith("headway ")]
    assert [quoted for quoted in QUOTED if quoted not in commands and not is_said(quoted)] == []


def test_a_sentence_that_nobody_says_is_found() -> None:
    assert not is_said("the moon is full; wait a week")


def test_errors_that_are_named_are_errors() -> None:
    named = {word for cell in FIRST_CELLS for word in re.findall(r"`([A-Z]\w+)`", cell)}
    assert {name for name in named if not issubclass(getattr(headway, name), headway.HeadwayError)} == set()
