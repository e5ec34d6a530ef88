"""Owns what the tests of the documentation share: a browser, a store, and who reports to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import headway
from tests.chromium import chromium
from tests.page.sight import PATIENCE_MS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as browser:
        yield browser


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    return f"sqlite:///{tmp_path}/jobs.db"


@pytest.fixture
def reporter(store: str) -> Iterator[headway.Reporter]:
    with headway.connect(store) as reporter:
        yield reporter
