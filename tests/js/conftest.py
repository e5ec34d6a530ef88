"""Owns what the tests of the client share: a server of a store of its own, and who reports to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import chromium
from tests.own_store import reporter, store
from tests.page.processes import Served
from tests.page.sight import PATIENCE_MS

__all__ = ["alone", "browser", "reporter", "served", "store"]

# A server whose clients may come back at once: its own pace spreads them over seconds.
SWIFT = """
import uvicorn
from headway.http import app
from headway.hub.hub import Pace
uvicorn.run(app({store!r}, pace=Pace(retry_s=(0.02, 0.05))), port={port}, log_level="warning")
"""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as browser:
        yield browser


@pytest.fixture
def served(store: str, tmp_path: Path) -> Iterator[Served]:
    with Served(store, tmp_path, script=SWIFT) as served:
        yield served


@pytest.fixture
def alone(store: str, tmp_path: Path) -> Iterator[Served]:
    """As `headway serve` runs it."""
    with Served(store, tmp_path) as served:
        yield served
