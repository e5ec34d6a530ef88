"""Owns the tabs in which a test looks at an application: at their end they tell what went wrong in them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Request

Opened = Callable[..., Page]


@contextmanager
def tab(browser: Browser, *, but: str | None = None) -> Iterator[Page]:
    """One tab; whatever is thrown or logged as an error in it fails its test, `but` for what the test asks for."""
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [fault for fault in faults if but is None or but not in fault] == []


@contextmanager
def opening(browser: Browser, url: str, *, patience_ms: int) -> Iterator[Opened]:
    """Opens pages, and at the end proves that nothing went wrong in them and nothing came from elsewhere."""
    faults: list[str] = []
    pages: list[Page] = []

    def note_foreign(request: Request) -> None:
        if not request.url.startswith((url, "blob:")):
            faults.append(request.url)

    def open_page(address: str = "/", **context: object) -> Page:
        page = browser.new_context(base_url=url, **context).new_page()  # type: ignore[arg-type]  # passed through
        page.set_default_timeout(patience_ms)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", note_foreign)
        # Heard from the beginning: a browser that is told of it only when a test waits may open its own window first.
        page.on("filechooser", lambda chooser: None)
        page.goto(address)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert faults == []


def live(page: Page) -> None:
    expect(page.locator("#connection")).to_have_text("Live")


def drop(page: Page, onto: str, content: bytes, name: str, type: str = "") -> None:
    """Let a file fall on what is found there, as a person's hand does it."""
    page.locator(onto).evaluate(
        """(element, [encoded, name, type]) => {
            const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name, { type }));
            for (const kind of ["dragover", "drop"]) {
                element.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
            }
        }""",
        [base64.b64encode(content).decode(), name, type],
    )
