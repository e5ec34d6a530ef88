"""Owns the stage of clustering: which chunks of a folder belong together, what stands alone, and what says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from examples.proposals import clustering, plan, vectors
from examples.proposals.courtesies import without_courtesies
from examples.proposals.errors import NothingSaid, NothingShared
from examples.proposals.reporting import Stage
from examples.proposals.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examples.proposals.chunks import Chunk
    from examples.proposals.proposal import Quote
    from examples.proposals.reporting import Report

FEW = 30
"""So many texts of which no two are alike are a proposal each; more would be a list, and no summary."""
LOOSE = 0.2
"""Cosine of a chunk with the rest of its group. Letters on one subject have 0.25 to 0.8; below is chance."""
SHARED_WORDS = 2
"""A chunk that shares one word with its group is there by chance, unless it has no more of them."""
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """`members`: the numbers of the chunks of each group, groups with most texts first. `alone`: the first sentence of
    each text that is in none. `silent`: the names of texts without a word that says something.
    """

    chunks: Sequence[Chunk]
    vectors: Vectors
    members: list[list[int]]
    alone: tuple[Quote, ...]
    silent: frozenset[str]


def grouped(chunks: Sequence[Chunk], report: Report) -> Groups:
    """Raises `NothingSaid`, `NothingShared`, or whatever `report` raises."""
    number = len(chunks)
    parts = 2 * Vectors.parts(number) + number + vectors.parts_of_folding(number) + clustering.parts(number)
    stage = Stage(report, plan.CLUSTERING, parts, f"Comparing {number:,} passages" if number > 1 else "Comparing")
    names = {chunk.source for chunk in chunks}
    first = Vectors([chunk.text for chunk in chunks], stage.did)
    if not first.words:
        raise NothingSaid(len(names))
    chunks = without_courtesies(chunks, first, stage.did, stage.still)
    compared = Vectors([chunk.text for chunk in chunks], stage.did)
    silent = _only_silent(chunks, compared.silent)
    labels = clustering.grouped(vectors.folded(compared.weights, stage.did), stage.did)
    members = _members(chunks, compared, labels, speaking=len(names) - len(silent))
    return Groups(
        chunks=chunks, vectors=compared, members=members, silent=silent, alone=_alone(chunks, members, silent)
    )


def _members(
    chunks: Sequence[Chunk], compared: Vectors, labels: clustering.Labels, *, speaking: int
) -> list[list[int]]:
    """What several texts say. Where no two say the same, few texts are a group each."""
    found = [np.flatnonzero(labels == label).tolist() for label in range(int(labels.max(initial=-1)) + 1)]
    found = [part for group in found for part in _held_together(group, compared)]
    shared = [group for group in found if _texts(chunks, group) > 1]
    if not shared and speaking > FEW:
        raise NothingShared(speaking)
    return sorted(shared or found, key=lambda group: (-_texts(chunks, group), group))


def _held_together(group: list[int], compared: Vectors) -> list[list[int]]:
    """A group, and apart from it each chunk that shares hardly a word with the others: few dimensions hide that."""
    rows = compared.weights[group]
    all_words = np.asarray(rows.sum(axis=0), dtype=np.float64).ravel()
    own = np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float64).ravel()
    common = np.asarray(rows @ all_words).ravel() - own
    # The length of the sum of the others: |all - row|² = |all|² - 2 all·row + |row|².
    others = np.sqrt(np.clip(all_words @ all_words - 2 * (common + own) + own, 1e-12, None))
    present = rows > 0
    shared = np.asarray(present @ (np.asarray(present.sum(axis=0)).ravel() > 1).astype(float)).ravel()
    enough = np.minimum(SHARED_WORDS, np.asarray(present.sum(axis=1)).ravel())
    near = ((common / others >= LOOSE) & (shared >= enough)).tolist()
    held = [number for number, close in zip(group, near, strict=True) if close]
    return [part for part in (held, *([number] for number in group if number not in set(held))) if part]


def _texts(chunks: Sequence[Chunk], group: list[int]) -> int:
    return len({chunks[number].source for number in group})


def _only_silent(chunks: Sequence[Chunk], silent: Sequence[bool]) -> frozenset[str]:
    speaking = {chunk.source for chunk, nothing in zip(chunks, silent, strict=True) if not nothing}
    return frozenset(chunk.source for chunk in chunks if chunk.source not in speaking)


def _alone(chunks: Sequence[Chunk], members: list[list[int]], silent: frozenset[str]) -> tuple[Quote, ...]:
    heard = silent | {chunks[number].source for group in members for number in group}
    first: dict[str, Quote] = {}
    for chunk in chunks:
        if chunk.source not in heard:
            telling = [quote for quote in chunk.told if len(quote.text.split()) >= _FEWEST_WORDS]
            first.setdefault(chunk.source, (telling or list(chunk.told))[0])
    return tuple(first.values())
