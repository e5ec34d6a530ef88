"""Owns the pages that a browser test opens: at the server's own address, but from files of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Page, Route

from tests.js.package import CLIENT
from tests.page.processes import Served


class Pages:
    """Tabs of one browser. Whatever is thrown in them is a fault of the test's end."""

    def __init__(self, browser: Browser, served: Served, *, folder: Path = CLIENT / "test") -> None:
        self._context = browser.new_context()
        self._origin = f"{served.url}pages/"
        self._folder = folder
        self._faults: list[str] = []

    def open(self, name: str = "project.html") -> Page:
        """A new tab with this page of the folder; `dist/` beside it is the built package."""
        page = self._context.new_page()
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        page.route(f"{self._origin}**", self._answer)
        page.goto(self._origin + name)
        return page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()
        assert self._faults == []

    def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(self._origin)
        route.fulfill(path=(CLIENT if name.startswith("dist/") else self._folder) / name)
