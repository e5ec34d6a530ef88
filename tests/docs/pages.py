"""Owns the documentation as tests read it: its pages, and the fenced blocks in them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.house.rules import ROOT

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


class Block(NamedTuple):
    """One fenced block. `place` is its name: page, heading, and its number below that heading."""

    place: str
    language: str
    text: str
    heading: str


def pages() -> list[Path]:
    """What a reader is led through, the README first."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """In the order of the page."""
    text = page.read_text("utf-8")
    counted: Counter[str] = Counter()
    made = []
    for found in _FENCE.finditer(text):
        heading = _heading(text[: found.start()])
        counted[heading] += 1
        place = f"{page.relative_to(ROOT).as_posix()} · {heading} · {counted[heading]}"
        made.append(Block(place, found[1], found[2], heading))
    return tuple(made)


def block(place: str) -> Block:
    """The one that is named so."""
    return next(block for page in pages() for block in blocks(page) if block.place == place)


def _heading(before: str) -> str:
    outside = _FENCE.sub("", before)  # a comment in a snippet is no heading
    return str((_HEADING.findall(outside) or [""])[-1])
