"""Every store that the contract holds for. A database joins with one more entry."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headway.stores.memory import MemoryStore
from headway.stores.protocol import Store
from headway.stores.sqlite.store import SQLiteStore

IN_MEMORY = next((path for path in (Path("/dev/shm"),) if path.is_dir()), None)  # a disk that syncs at once


def _memory(folder: Path) -> Store:
    return MemoryStore()


def _sqlite(folder: Path) -> Store:
    return SQLiteStore(folder / "jobs.db")


def _sqlite_of_python(folder: Path) -> Store:
    """The SQLite that Python was built with, where a newer one is installed beside it."""
    return SQLiteStore(folder / "jobs.db", driver=sqlite3)


STORES: dict[str, Callable[[Path], Store]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "sqlite-of-python": _sqlite_of_python,
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder; not on a disk if that can be, for most tests don't ask what a disk does."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as name:
        yield Path(name)


@pytest.fixture(params=list(STORES))
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    opened = STORES[request.param](folder)
    yield opened
    opened.close()
