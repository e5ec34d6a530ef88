"""Owns how a test looks at the page: by what a person sees or hears, not by how it is built."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.page.processes import Served

PATIENCE_MS = 15_000
UNREACHED = re.compile(r"net::ERR_|status of (403|404|502)")  # written down when a server is away or says no


@dataclass
class Tab:
    """The page in one tab of a browser, and what it did that nobody should see."""

    page: Page
    served: Served
    faults: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._requested)

    def go(self, place: str = "#/") -> Tab:
        self.page.goto(self.served.url + place)
        return self

    def live(self) -> Tab:
        """Waits until the page says that what it shows is live."""
        self.expect(".link").to_have_text("Live")
        return self

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def expect(self, what: str | Locator) -> Any:
        return expect(self.find(what) if isinstance(what, str) else what)

    def row(self, job: str) -> Locator:
        """A job's line in the list."""
        return self.page.get_by_role("listitem").filter(has=self.page.locator(f'a[data-job="{job}"]'))

    def bar(self) -> Locator:
        """The bar of the job whose page this is."""
        return self.find(".head").get_by_role("progressbar")

    def entries(self) -> Locator:
        """The lines of the history."""
        return self.page.get_by_role("region", name="History").locator("li.entry")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def text(self) -> str:
        """All that can be read of the job, without its running clocks."""
        return re.sub(r"(running for|started) [\d:]+|\b\d+:\d\d\b|[\d.]+ m?s\b", "", self.find("main").inner_text())

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            (self.tolerated if UNREACHED.search(message.text) else self.faults).append(message.text)

    def _requested(self, request: Request) -> None:
        if not request.url.startswith(self.served.url):
            self.faults.append(f"asked another host: {request.url}")


class Desk:
    """Opens tabs, and says in the end whether all of them were well."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self._browser = browser
        self._served = served
        self._contexts: list[BrowserContext] = []
        self._tabs: list[Tab] = []

    def open(self, place: str = "#/", **looks: Any) -> Tab:
        """A tab of a browser of its own. `looks`: viewport, colour scheme, motion."""
        context = self._browser.new_context(**looks)
        self._contexts.append(context)
        return self._opened(context).go(place)

    def beside(self, tab: Tab, place: str = "#/") -> Tab:
        """Another tab of the same browser."""
        return self._opened(tab.page.context).go(place)

    def close(self, *, away: bool) -> None:
        """`away`: the server was away on purpose, so that failed requests are right."""
        for context in self._contexts:
            context.close()
        for tab in self._tabs:
            assert tab.faults == []
            assert away or tab.tolerated == []

    def _opened(self, context: BrowserContext) -> Tab:
        tab = Tab(context.new_page(), self._served)
        self._tabs.append(tab)
        return tab
