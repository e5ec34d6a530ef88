"""Owns running the page's pure modules in a browser: files of the page, arguments and answers as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

import headway

PAGE = Path(headway.__file__).parent / "http" / "page"
ORIGIN = "http://page.test/"


class Modules:
    """One blank browser page that can import every module of the page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.route(f"{ORIGIN}**", _from_disk)
        page.goto(ORIGIN)

    def run(self, file: str, function: str, *given: Any) -> Any:
        """Calls a JavaScript function with the module and the arguments."""
        script = f"async (given) => ({function})(await import('{ORIGIN}{file}'), ...given)"
        return self._page.evaluate(script, list(given))


def _from_disk(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path:
        route.fulfill(path=PAGE / path)
    else:
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
