"""Owns what is laid before a writer: the sentences of a group by how much they speak for it, and its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from examples.proposals.duplicates import alike
from examples.proposals.synthesis import Evidence, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from examples.proposals.chunks import Chunk
    from examples.proposals.proposal import Quote, Statement
    from examples.proposals.vectors import Sparse, Vectors

CHUNKS = 100
"""Of a larger group only so many are read sentence by sentence: those closest to its middle."""
SENTENCES = 60
KEYWORDS = 5
QUOTES = 8
VOICES = 12
_FEWEST_WORDS = 4


def middle(weights: Sparse) -> NDArray[np.float64]:
    """The words of a group, weighed: its mean, of length 1."""
    mean = np.asarray(weights.mean(axis=0), dtype=np.float64).ravel()
    length = float(np.linalg.norm(mean))
    return mean / length if length else mean


def evidence_of(chunks: Sequence[Chunk], weights: Sparse, vectors: Vectors) -> Evidence:
    """`weights`: a row for each of the chunks."""
    centre = middle(weights)
    closest = np.argsort(-np.asarray(weights @ centre), kind="stable")[:CHUNKS]
    places: dict[str, list[Quote]] = {}
    for number in sorted(closest.tolist()):
        for quote in chunks[number].told:
            places.setdefault(quote.text, []).append(quote)
    texts = list(places)
    close = np.asarray(vectors.of(texts) @ centre).tolist()
    said = [
        Said(text=text, quotes=tuple(places[text][:QUOTES]), weight=_weight(near, len(places[text])))
        for text, near in zip(texts, close, strict=True)
    ]
    ranked = sorted(said, key=lambda each: -each.weight)
    return Evidence(sentences=tuple(ranked[:SENTENCES]), keywords=_keywords(centre, vectors))


def voices(evidence: Evidence, statements: Iterable[Statement]) -> tuple[Quote, ...]:
    """One sentence of each text that is not quoted yet, none of them nearly the same as another."""
    told = [statement.text for statement in statements]
    heard = {quote.source for statement in statements for quote in statement.quotes}
    chosen: list[Quote] = []
    for said in evidence.sentences:
        quote = said.quotes[0]
        new = quote.source not in heard and len(said.text.split()) >= _FEWEST_WORDS and said.weight > 0
        if new and not any(alike(said.text, other) for other in told):
            chosen.append(quote)
            told.append(said.text)
            heard.add(quote.source)
        if len(chosen) == VOICES:
            break
    return tuple(chosen)


def _weight(close: float, times: int) -> float:
    """What several texts say word for word speaks for more of them, though not for that many times as much."""
    return float(close * (1 + 0.25 * np.log(times)))


def _keywords(centre: NDArray[np.float64], vectors: Vectors) -> tuple[str, ...]:
    best = np.argsort(-centre, kind="stable")[:KEYWORDS].tolist()
    return tuple(vectors.written(column) for column in best if centre[column] > 0)
