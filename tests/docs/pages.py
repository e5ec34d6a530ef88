"""Owns the documentation as tests read it: its pages, and the fenced blocks in them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.house.rules import ROOT

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


class Block(NamedTuple):
    """One fenced block. `place` names it for people: page, heading, and its number on the page."""

    page: Path
    number: int
    language: str
    text: str
    heading: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}#{self.number} ({self.heading}, {self.language})"


def pages() -> list[Path]:
    """What a reader is led through, the README first."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """In the order of the page."""
    text = page.read_text("utf-8")
    return tuple(
        Block(page, number, found[1], found[2], _heading(text[: found.start()]))
        for number, found in enumerate(_FENCE.finditer(text), start=1)
    )


def _heading(before: str) -> str:
    outside = _FENCE.sub("", before)  # a comment in a snippet is no heading
    return str((_HEADING.findall(outside) or [""])[-1])
