"""Owns what the tests of every application may ask for: a store, who reports to it, and a browser for a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import headway
from tests.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh SQLite store; what is spooled stays with the test."""
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    return f"sqlite:///{tmp_path}/jobs.db"


@pytest.fixture
def reporter(store: str) -> Iterator[headway.Reporter]:
    with headway.connect(store) as reporter:
        yield reporter
