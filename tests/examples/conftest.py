"""Owns what the tests of every application may ask for: a store, who reports to it, and a browser for a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chromium import chromium
from tests.own_store import reporter, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

__all__ = ["browser", "reporter", "store"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
