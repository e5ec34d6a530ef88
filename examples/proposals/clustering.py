"""Owns which vectors belong together, and into how many groups: as few as explain them nearly as well as any number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]  # it ships no types
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics import silhouette_score

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Labels = NDArray[np.int64]

EXACT = 1_200
"""So many rows are compared one by one. More are first gathered into so many small groups, which are then compared."""
GATHERED = 500
PASSES = 3
BATCH = 500
HEIGHTS = tuple(round(float(height), 2) for height in np.arange(0.30, 0.95, 0.05))
"""How far apart (cosine distance, on average) two groups may be and still become one: the cuts that are tried."""
NEARLY = 0.95
"""Of all cuts whose silhouette is nearly that of the best one the highest is taken. The best one alone tells apart
those who give other reasons for the same wish; what is still told apart then is found as a duplicate later."""


def grouped(rows: Matrix, did: Callable[[], None]) -> Labels:
    """The number of the group of each row, counted from 0 as they come; -1 for a row of length 0.

    Calls `did` `parts(len(rows))` times.
    """
    labels: Labels = np.full(len(rows), -1, dtype=np.int64)
    spoken = np.flatnonzero(np.any(rows != 0, axis=1))
    # What was counted before it was known that some rows are empty counts as done with them.
    for _ in range(parts(len(rows)) - parts(len(spoken))):
        did()
    if len(spoken) <= EXACT:
        labels[spoken] = _by_comparing(rows[spoken], did)
    else:
        labels[spoken] = _by_gathering(rows[spoken], did)
    return _numbered(labels)


def parts(rows: int) -> int:
    gathering = 0 if rows <= EXACT else (PASSES + 1) * -(-rows // BATCH)
    return gathering + 1 + len(HEIGHTS)


def _by_comparing(rows: Matrix, did: Callable[[], None]) -> Labels:
    if len(rows) < 3:
        for _ in range(parts(len(rows))):
            did()
        return _same(rows)
    joined = linkage(rows, "average", metric="cosine").clip(min=0)
    did()
    cuts: list[tuple[float, Labels]] = []
    for height in HEIGHTS:
        labels = np.asarray(fcluster(joined, height, "distance"), dtype=np.int64)
        groups = len(np.unique(labels))
        if 1 < groups < len(rows):
            cuts.append((float(silhouette_score(rows, labels, metric="cosine")), labels))
        elif not cuts:
            cuts.append((0.0, labels))
        did()
    best = max(score for score, _labels in cuts)
    return next(labels for score, labels in reversed(cuts) if score >= NEARLY * best)


def _by_gathering(rows: Matrix, did: Callable[[], None]) -> Labels:
    first = rows[np.linspace(0, len(rows) - 1, GATHERED).astype(int)]
    small = MiniBatchKMeans(GATHERED, init=first, n_init=1, batch_size=BATCH, random_state=0, reassignment_ratio=0)
    order = np.random.default_rng(0)
    for _ in range(PASSES):
        shuffled = order.permutation(len(rows))
        for start in range(0, len(rows), BATCH):
            small.partial_fit(np.resize(rows[shuffled[start : start + BATCH]], (BATCH, rows.shape[1])))
            did()
    near = np.empty(len(rows), dtype=np.int64)
    for start in range(0, len(rows), BATCH):
        near[start : start + BATCH] = small.predict(rows[start : start + BATCH])
        did()
    used = np.unique(near)
    of_used = _by_comparing(small.cluster_centers_[used], did)
    labels: Labels = of_used[np.searchsorted(used, near)]
    return labels


def _same(rows: Matrix) -> Labels:
    """Two rows are one group when they are closer than the highest cut."""
    if len(rows) == 2 and float(rows[0] @ rows[1]) < 1 - HEIGHTS[-1]:
        return np.array([0, 1], dtype=np.int64)
    return np.zeros(len(rows), dtype=np.int64)


def _numbered(labels: Labels) -> Labels:
    """The groups counted in the order of their first rows."""
    numbers: dict[int, int] = {-1: -1}
    for label in labels.tolist():
        numbers.setdefault(label, len(numbers) - 1)
    return np.array([numbers[label] for label in labels.tolist()], dtype=np.int64)
