"""Owns what the tests of importing begin with: a store, and a log that is kept in SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from headway.stores.memory import MemoryStore
from headway.stores.protocol import Store
from tests.importing.legacy import Kept, kept_in_sqlite


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return lambda entries: kept_in_sqlite(tmp_path / "legacy.db", entries)
