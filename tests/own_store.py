"""Owns a store of a test's own, and who reports to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import headway


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh SQLite store; what is spooled stays with the test."""
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    return f"sqlite:///{tmp_path}/jobs.db"


@pytest.fixture
def reporter(store: str) -> Iterator[headway.Reporter]:
    with headway.connect(store) as reporter:
        yield reporter
