"""Owns a store with two servers before it, and workers that report to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headway.stores.address import open_store
from headway.stores.protocol import Store
from tests.system.serving import Serving, serving
from tests.system.working import Working, working

Hire = Callable[..., Working]


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A look at the database beside those who use it."""
    with contextlib.closing(open_store(database, bus="off")) as store:
        yield store


@pytest.fixture
def servers(database: str, tmp_path: Path) -> Iterator[tuple[Serving, Serving]]:
    with serving(database, tmp_path / "one.log") as one, serving(database, tmp_path / "other.log") as other:
        yield one, other


@pytest.fixture
def hire(database: str, tmp_path: Path) -> Iterator[Hire]:
    """Starts a worker, in the folder of this name: who comes after a dead one finds its spool there."""
    with contextlib.ExitStack() as workers:

        def hire(folder: str, *, store: str = database, pace_s: float = 0.002, notes: int = 50, **more: str) -> Working:
            return workers.enter_context(working(store, tmp_path / folder, pace_s=pace_s, notes=notes, **more))

        yield hire
