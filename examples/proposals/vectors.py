"""Owns how chunks become vectors: words weighed by how rare they are, then folded into a few dimensions of meaning."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from scipy.sparse import csr_matrix, vstack  # type: ignore[import-untyped]  # it ships no types
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from examples.proposals.words import stem, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Sparse = Any
    """A row for each text, a column for each word; scipy ships no types."""
    Did = Callable[[], None]

BATCH = 200
DIMENSIONS = 50
"""Fewer join what is different, more see every word as a meaning of its own: measured on several sets of letters."""
LEARNT_FROM = 3_000
"""So many chunks, evenly picked, are enough to learn the dimensions from; all of them are folded then."""
SMALL = 10
"""From so many chunks on, a word in one chunk alone is left out: it can make nothing similar."""


class Vectors:
    """The vectors of some texts. `words` holds the stems that are columns, `weights` a row for each text."""

    def __init__(self, texts: Sequence[str], did: Did, *, smallest: int = SMALL) -> None:
        """Calls `did` `parts(len(texts))` times. From `smallest` texts on, words of only one of them do not count."""
        self._written: dict[str, Counter[str]] = {}
        stems = list(self._stems(texts, did))
        self.silent = [not each for each in stems]
        """Which texts have not one word that says something."""
        self.words = _vocabulary(stems, smallest)
        self._counter = CountVectorizer(vocabulary=self.words, analyzer=_as_given) if self.words else None
        self._weigher = TfidfTransformer(sublinear_tf=True)
        self.weights: Sparse = self._weighed(stems, did)

    @staticmethod
    def parts(texts: int) -> int:
        return 2 * _batches(texts)

    def of(self, texts: Sequence[str]) -> Sparse:
        """The weights of other texts, by the words and the rarity of these."""
        assert self._counter is not None, "nothing was said"
        counted = self._counter.transform([[stem(word) for word in words_of(text)] for text in texts])
        return self._weigher.transform(counted)

    def written(self, column: int) -> str:
        """The word of a column as it is written most often."""
        forms = self._written[self.words[column]]
        return min(forms, key=lambda form: (-forms[form], form))

    def _stems(self, texts: Sequence[str], did: Did) -> Iterator[list[str]]:
        for batch in _cut(texts):
            for text in batch:
                yield [self._stem(word) for word in words_of(text)]
            did()

    def _stem(self, word: str) -> str:
        short = stem(word)
        self._written.setdefault(short, Counter())[word] += 1
        return short

    def _weighed(self, stems: list[list[str]], did: Did) -> Sparse:
        counted = []
        for batch in _cut(stems):
            if self._counter is not None:
                counted.append(self._counter.transform(batch))
            did()
        if not counted:
            return csr_matrix((len(stems), 0))
        return self._weigher.fit_transform(vstack(counted, format="csr"))


def folded(weights: Sparse, did: Did) -> Matrix:
    """A row of length 1 for each of the weights, or of length 0 for one without words. Calls `did` as often as
    `parts_of_folding` says.
    """
    texts, words = weights.shape
    if min(texts, words) <= DIMENSIONS:
        for _ in range(parts_of_folding(texts)):
            did()
        return _of_length_one(np.asarray(weights.toarray(), dtype=np.float64))
    learnt = weights[np.unique(np.linspace(0, texts - 1, min(texts, LEARNT_FROM)).astype(int))]
    # Equal texts do not vary; how much of that is explained is a quotient that is not used here.
    with np.errstate(invalid="ignore", divide="ignore"):
        fold = TruncatedSVD(DIMENSIONS, random_state=0).fit(learnt)
    did()
    rows = np.empty((texts, DIMENSIONS))
    for start in range(0, texts, BATCH):
        rows[start : start + BATCH] = fold.transform(weights[start : start + BATCH])
        did()
    return _of_length_one(rows)


def parts_of_folding(texts: int) -> int:
    return 1 + _batches(texts)


def _of_length_one(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return cast("Matrix", np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-9))


def _vocabulary(stems: list[list[str]], smallest: int) -> list[str]:
    """The words that columns stand for. Where nothing is in two texts, those that are in one."""
    texts = Counter(word for each in stems for word in set(each))
    shared = [word for word, count in texts.items() if count > 1]
    return sorted(shared if len(stems) >= smallest and shared else texts)


def _as_given(stems: list[str]) -> list[str]:
    return stems


def _batches(texts: int) -> int:
    return -(-texts // BATCH)


def _cut(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
