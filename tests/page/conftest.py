"""Owns what the tests of the page share, one of each: browser, store, server, worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.page.modules import Modules
from tests.page.processes import Served, Worker
from tests.page.sight import Desk


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def modules(browser: Browser) -> Iterator[Modules]:
    context = browser.new_context(timezone_id="Europe/Berlin", locale="de-DE")
    yield Modules(context.new_page())
    context.close()


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="package")
def store(folder: Path) -> str:
    return f"sqlite:///{folder}/jobs.db"


@pytest.fixture(scope="package")
def served(store: str, folder: Path) -> Iterator[Served]:
    with Served(store, folder) as served:
        yield served


@pytest.fixture(scope="package")
def worker(store: str, folder: Path) -> Iterator[Worker]:
    with Worker(store, folder) as worker:
        yield worker


@pytest.fixture
def desk(browser: Browser, served: Served) -> Iterator[Desk]:
    """Tabs of a server that answers: nothing that a page asks for may fail."""
    desk = Desk(browser, served)
    yield desk
    desk.close(away=False)


@pytest.fixture
def storm(browser: Browser, served: Served) -> Iterator[Desk]:
    """Tabs of a server that is away for a while, or says no."""
    desk = Desk(browser, served)
    yield desk
    desk.close(away=True)
