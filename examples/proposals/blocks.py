"""Owns which proposals belong into one block of a tree, what a block is called, and which proposals are related."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]  # it ships no types
from sklearn.metrics import silhouette_score

from examples.proposals.vectors import Vectors, folded, parts_of_folding
from examples.proposals.words import stem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from examples.proposals.proposal import Proposal

    Matrix = NDArray[np.float64]

PLAIN = 150
"""So many proposals are compared by all their words; more by a few dimensions, which takes no longer."""
FEW = 4
"""Fewer proposals are one block."""
CUTS = 12
CLOSE = 0.1
"""Cosine of the words of two proposals. Most pairs on different subjects have less; those of one theme about twice."""
RELATED = 3
TITLE_WORDS = 3


class Close(NamedTuple):
    """Another proposal by its number, how close it is (above 0, up to 1), and the words that both use."""

    number: int
    strength: float
    words: tuple[str, ...]


class Compared:
    """Proposals beside each other. Making one calls `did` `parts(len(proposals))` times."""

    def __init__(self, proposals: Sequence[Proposal], did: Callable[[], None]) -> None:
        self._proposals = proposals
        # Among few proposals a word that one alone has tells what it is not like.
        self._vectors = Vectors([_words(proposal) for proposal in proposals], did, smallest=PLAIN)
        plain = len(proposals) <= PLAIN
        self._rows: Matrix = (
            np.asarray(self._vectors.weights.toarray()) if plain else folded(self._vectors.weights, did)
        )

    @staticmethod
    def parts(proposals: int) -> int:
        return Vectors.parts(proposals) + (0 if proposals <= PLAIN else parts_of_folding(proposals))

    def related(self, number: int) -> list[Close]:
        """The closest others, the closest first."""
        weights = self._vectors.weights
        row = np.asarray(weights[number].toarray(), dtype=np.float64).ravel()
        close = np.asarray(weights @ row, dtype=np.float64)
        close[number] = 0
        best = np.argsort(-close, kind="stable")[:RELATED].tolist()
        return [
            Close(other, round(min(1.0, float(close[other])), 3), self._shared(row, other))
            for other in best
            if close[other] >= CLOSE
        ]

    def blocks(self, did: Callable[[], None]) -> list[list[int]]:
        """The numbers of the proposals of each block. Calls `did` `cuts(len(proposals))` times."""
        count = len(self._proposals)
        if count < FEW or not self._vectors.words:
            for _ in range(self.cuts(count)):
                did()
            return [list(range(count))]
        joined = linkage(self._rows, "ward")
        best, found = -2.0, np.ones(count)
        for number in _numbers(count):
            labels = fcluster(joined, number, "maxclust")
            if 1 < len(np.unique(labels)) < count:
                score = float(silhouette_score(self._rows, labels, metric="cosine"))
                best, found = (score, labels) if score > best else (best, found)
            did()
        return [np.flatnonzero(found == label).tolist() for label in np.unique(found)]

    @staticmethod
    def cuts(proposals: int) -> int:
        return 1 if proposals < FEW else len(_numbers(proposals))

    def keywords(self, block: list[int]) -> tuple[str, ...]:
        """The proposals' own words: those first that most of them have, then the first word of each, and so on."""
        lists = [self._proposals[number].keywords for number in block]
        held = Counter(stem(word) for words in lists for word in words)
        ranked = sorted(
            (-held[stem(word)], place, turn, word)
            for turn, words in enumerate(lists)
            for place, word in enumerate(words)
        )
        first: dict[str, str] = {}
        for _held, _place, _turn, word in ranked:
            first.setdefault(stem(word), word)
        return tuple(first.values())[: 2 * TITLE_WORDS]

    def _shared(self, row: Matrix, other: int) -> tuple[str, ...]:
        both = row * np.asarray(self._vectors.weights[other].toarray()).ravel()
        best = np.argsort(-both, kind="stable")[:RELATED].tolist()
        return tuple(self._vectors.written(column) for column in best if both[column] > 0)


def titled(keywords: Sequence[str]) -> str:
    """A few words as a heading."""
    *before, last = keywords[:TITLE_WORDS] or ("other",)
    words = f"{', '.join(before)} and {last}" if before else last
    return words[:1].upper() + words[1:]


def _words(proposal: Proposal) -> str:
    """All that a proposal says, and its own words once more: they count for more than what surrounds them."""
    heard = [quote.text for quote in proposal.voices]
    return " ".join([proposal.title, proposal.body, *heard, *proposal.keywords])


def _numbers(proposals: int) -> list[int]:
    """The numbers of blocks that are tried: from a few up to half as many as there are proposals."""
    numbers = np.linspace(2, max(2, proposals // 2), CUTS).astype(int)
    return sorted(set(numbers.tolist()))
