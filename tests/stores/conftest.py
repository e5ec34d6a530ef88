"""Every store that the contract holds for. A database joins with one more entry."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from headway.stores.memory import MemoryStore
from headway.stores.postgres.store import PostgresStore
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


def _postgres(url: str) -> Store:
    return PostgresStore(url)


STORES: dict[str, tuple[str, Callable[[Any], Store]]] = {
    # the fixture that says where the store lies, and how it is opened there
    "memory": ("folder", _memory),
    "sqlite": ("folder", _sqlite),
    "sqlite-of-python": ("folder", _sqlite_of_python),
    "postgres": ("database", _postgres),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder; not on a disk if that can be, for most tests don't ask what a disk does."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as name:
        yield Path(name)


@pytest.fixture(params=list(STORES))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    place, open_there = STORES[request.param]
    opened = open_there(request.getfixturevalue(place))
    yield opened
    opened.close()
