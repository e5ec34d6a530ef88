"""Owns which sentences are courtesies: said word for word in letters that have nothing else in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from examples.proposals.chunks import Chunk
    from examples.proposals.vectors import Sparse, Vectors

OFTEN = 4
BATCH = 50
LOOKED_AT = 12
"""So many of the places where a sentence stands are enough to see whether the letters around it are like each other."""
STRANGERS = 0.12
"""Mean cosine of what stands around a sentence. Around one that belongs to a subject it is three times as much."""


def without_courtesies(
    chunks: Sequence[Chunk], vectors: Vectors, did: Callable[[], None], still: Callable[[], None]
) -> list[Chunk]:
    """The chunks without such sentences; one that is nothing else stays as it is.

    Calls `did` once for each chunk, and before that `still` as long as it looks for them.
    """
    courtesies = _courtesies(chunks, vectors, still)
    cleared = []
    for chunk in chunks:
        kept = tuple(sentence for sentence in chunk.told if sentence.text not in courtesies)
        cleared.append(replace(chunk, sentences=kept or chunk.told))
        did()
    return cleared


def _courtesies(chunks: Sequence[Chunk], vectors: Vectors, still: Callable[[], None]) -> frozenset[str]:
    places: dict[str, list[int]] = {}
    for number, chunk in enumerate(chunks):
        for text in {sentence.text for sentence in chunk.told}:
            places.setdefault(text, []).append(number)
    often = sorted(text for text, numbers in places.items() if len(numbers) >= OFTEN)
    found: list[str] = []
    for start in range(0, len(often), BATCH):
        batch = often[start : start + BATCH]
        rows = zip(batch, vectors.of(batch), strict=True)
        letters = ((text, vectors.weights[places[text][:LOOKED_AT]], said) for text, said in rows)
        found += [text for text, around, said in letters if _around(around, said) < STRANGERS]
        still()
    return frozenset(found)


def _around(letters: Sparse, sentence: Sparse) -> float:
    """How like each other letters are when one sentence is taken out of all of them: its direction is."""
    share = np.asarray((letters @ sentence.T).toarray(), dtype=np.float64).ravel()
    products = np.asarray((letters @ letters.T).toarray(), dtype=np.float64) - np.outer(share, share)
    lengths = np.sqrt(np.clip(products.diagonal(), 1e-12, None))
    likeness = products / np.outer(lengths, lengths)
    pairs = likeness[~np.eye(len(likeness), dtype=bool)]
    # Where nothing is left beside the sentence, the letters are that sentence: no courtesy.
    return 1.0 if float(products.diagonal().max()) < 1e-6 else float(pairs.mean())
