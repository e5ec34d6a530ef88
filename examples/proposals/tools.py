"""Owns the loading of what compares texts, which takes a second or two and which a server has no use for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import headway

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from examples.proposals.reporting import Stage

TOOLS = (
    "numpy",
    "scipy.sparse",
    "scipy.cluster.hierarchy",
    "sklearn.feature_extraction.text",
    "sklearn.decomposition",
    "sklearn.cluster",
    "sklearn.metrics",
)


def load_tools(stage: Stage) -> None:
    """Load one after the other, each a part of the stage. Raises headway's `MissingExtra`."""
    for tool in TOOLS:
        try:
            import_module(tool)
        except ModuleNotFoundError as missing:
            raise headway.MissingExtra("demo", "scikit-learn") from missing
        stage.did()


def on_one_core() -> AbstractContextManager[object]:
    """The other cores belong to those who watch; and the same sums come out on every machine."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits
