"""Owns what the tests of the documentation share: a browser, a store, and who reports to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import chromium
from tests.own_store import reporter, store
from tests.page.sight import PATIENCE_MS

__all__ = ["browser", "reporter", "store"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as browser:
        yield browser
