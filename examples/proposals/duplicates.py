"""Owns what counts as said twice: sentences and texts that are nearly word for word the same, and like proposals."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHINGLE = 3
"""Words in a row: two texts that have many such rows in common were not written apart from each other."""
ALIKE = 0.5
"""Of the shorter text's shingles, so many are in the other one. Sentences that only share a subject share none to a
few; one with a word changed here and there shares more than half."""
SAME_WISH = 0.42
"""Cosine of the words of two proposals. Measured on twelve sets of letters whose subjects are known: of 5,500 pairs on
different subjects none is above 0.37; of pairs that clustering tore off one subject half are above 0.42. A pair that
is missed is read twice; a pair that is joined wrongly is lost, so the bar stands above the first."""
COPY = 0.7
"""Of all shingles of two whole texts, so many are in both: one was sent again, with another name or a sentence more."""
TELLING = 200
"""A row of words that so many texts have is a phrase of all, such as a greeting: more holders need not be noted."""
CANDIDATES = 5
_WORD = re.compile(r"\w+")

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """All rows of `SHINGLE` words in a text; a shorter text is one row."""
    words = _WORD.findall(text.lower())
    rows = range(max(1, len(words) - SHINGLE + 1))
    return frozenset(tuple(words[at : at + SHINGLE]) for at in rows) if words else frozenset()


def overlap(one: Shingles, other: Shingles) -> float:
    """Which part of the shorter one's shingles is in the other one, 0 to 1."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0


def alike(one: str, other: str) -> bool:
    return overlap(shingles(one), shingles(other)) >= ALIKE


def copies(texts: Sequence[str], seen: Callable[[], None]) -> int:
    """How many texts only repeat an earlier one. Calls `seen` for each, so that long work can be stopped."""
    known = _Known()
    repeated = 0
    for text in texts:
        own = shingles(text)
        if known.has_copy_of(own):
            repeated += 1
        else:
            known.add(own)
        seen()
    return repeated


class _Known:
    """Texts by their shingles, so that only those with some in common are compared."""

    def __init__(self) -> None:
        self._texts: list[Shingles] = []
        self._holders: dict[tuple[str, ...], list[int]] = {}

    def add(self, own: Shingles) -> None:
        for row in own:
            holders = self._holders.setdefault(row, [])
            if len(holders) < TELLING:
                holders.append(len(self._texts))
        self._texts.append(own)

    def has_copy_of(self, own: Shingles) -> bool:
        common = Counter(number for row in own for number in self._holders.get(row, ()))
        return any(_jaccard(own, self._texts[number]) >= COPY for number, _count in common.most_common(CANDIDATES))


def _jaccard(one: Shingles, other: Shingles) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 1.0
