"""Makes the picture of the demo in docs/images: the real page while the samples of all applications run on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SIZE = {"width": 1200, "height": 940}
PATIENCE_MS = 60_000
ORDER = ("documents", "images", "proposals", "intake")
"""The longest first, so that all of them are under way at once."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-u", "-m", "examples", "--port", "0", "--folder", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
            try:
                assert demo.stdout is not None
                address = re.search(r"http://\S+", demo.stdout.readline())
                assert address, "it did not say where it is"
                _picture(address[0])
            finally:
                demo.terminate()


def _picture(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a dictionary is what it takes
        page.goto(address)
        expect(page.locator("#connection")).to_have_text("Live")
        for name in ORDER:
            page.locator(f".card[data-application={name}] .sample").click()
            _under_way(page, name)
        for name in ORDER:
            _under_way(page, name)
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        page.screenshot(path=IMAGES / "demo.png")
        browser.close()


def _under_way(page: Page, name: str) -> None:
    """Something of it has got somewhere."""
    figure = page.locator(f"#under-way .row[data-application={name}] .figure").filter(has_text=re.compile(r"[1-9]"))
    expect(figure.first).to_be_visible(timeout=PATIENCE_MS)


if __name__ == "__main__":
    main()
