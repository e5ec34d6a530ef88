"""Owns the proof that the hook for uploads works with the real React and TanStack Query in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from headway import Reporter
from tests.js.package import CLIENT, installed, run
from tests.js.pages import Pages
from tests.page.processes import Served
from tests.waiting import eventually

POLL_MS = 2500
LATER_S = 3600  # by then the page has long been loaded
NOTHING = {
    "status": None,
    "stage": None,
    "progress": 0,
    "resultId": None,
    "isLoading": False,
    "isComplete": False,
    "isFailed": False,
    "error": None,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with all that it imports in one file, as an application's own build makes it."""
    folder = tmp_path_factory.mktemp("upload")
    flags = ("--bundle", "--format=esm", "--jsx=automatic", '--define:process.env.NODE_ENV="production"')
    esbuild = str(installed() / ".bin" / "esbuild")
    run(esbuild, str(CLIENT / "test" / "upload.jsx"), *flags, f"--outfile={folder / 'upload.js'}", "--log-level=error")
    page = '<!doctype html><meta charset="utf-8"><body><script type="module" src="upload.js"></script>'
    (folder / "upload.html").write_text(page)
    return folder


class Upload:
    """The page, in which time moves when the test says so."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url) if "/v1/jobs/" in request.url else None)
        page.clock.install(time=0)
        page.reload()
        expect(page.locator("output")).to_be_visible()
        page.clock.pause_at(LATER_S)

    def ask(self, job: str | None, session: str | None) -> None:
        self._page.evaluate("asked => window.ask(asked)", {"jobId": job, "session": session})

    def pass_(self, ms: int = POLL_MS) -> None:
        """Lets time pass in the page."""
        self._page.clock.run_for(ms)

    def view(self) -> dict[str, Any]:
        return dict(json.loads(self._page.locator("output").inner_text()))

    def expect(self, **wanted: Any) -> None:
        """Waits until the page shows this; it paints and hears in its own time."""

        def look() -> bool:
            self.pass_(1)
            return self.view().items() >= wanted.items()

        eventually(look)


@pytest.fixture
def upload(browser: Browser, served: Served, folder: Path) -> Iterator[Upload]:
    with Pages(browser, served, folder=folder) as pages:
        yield Upload(pages.open("upload.html"))


def test_it_polls_every_two_and_a_half_seconds_until_the_job_is_complete(upload: Upload, reporter: Reporter) -> None:
    job = reporter.start("image", steps=["generating", "storing"])
    upload.ask(job.id, "secret")
    upload.expect(status="processing", stage=None, progress=0, isLoading=False)
    job.step("generating").update(current=1, total=2)
    job.flush()
    upload.pass_()
    upload.expect(status="processing", stage="generating", progress=25)
    job.succeed({"id": "r1"})
    upload.pass_()
    upload.expect(status="completed", stage="complete", progress=100, resultId="r1", isComplete=True, error=None)
    assert len(upload.asked) == 3
    upload.pass_(20 * POLL_MS)
    assert len(upload.asked) == 3


def test_between_two_polls_nothing_is_asked(upload: Upload, reporter: Reporter) -> None:
    upload.ask(reporter.start("image").id, "secret")
    upload.expect(status="processing")
    upload.pass_(2000)
    assert len(upload.asked) == 1


def test_it_stops_at_a_failure_and_shows_the_percent_it_had(upload: Upload, reporter: Reporter) -> None:
    job = reporter.start("image", steps=["generating", "storing"])
    job.step("generating").update(current=1, total=2)
    job.fail("the picture cannot be read")
    upload.ask(job.id, "secret")
    upload.expect(status="failed", stage="failed", progress=25, isFailed=True, error="the picture cannot be read")
    upload.pass_(20 * POLL_MS)
    assert len(upload.asked) == 1


@pytest.mark.parametrize("session", [None, "secret"])
def test_without_a_job_or_a_session_it_does_not_ask(upload: Upload, reporter: Reporter, session: str | None) -> None:
    upload.ask(None if session else reporter.start("image").id, session)
    upload.pass_(20 * POLL_MS)
    assert upload.view() == NOTHING
    assert upload.asked == []


def test_an_unknown_job_is_said_once(upload: Upload) -> None:
    upload.ask("0192a000-0000-7000-8000-000000000000", "secret")
    upload.expect(status=None, isLoading=False)
    assert "job" in upload.view()["error"]
    upload.pass_(20 * POLL_MS)
    assert len(upload.asked) == 1


def test_another_job_does_not_show_what_the_first_did(upload: Upload, reporter: Reporter) -> None:
    first, second = reporter.start("image"), reporter.start("image")
    first.succeed({"id": "r1"})
    upload.ask(first.id, "secret")
    upload.expect(isComplete=True, resultId="r1")
    upload.ask(second.id, "secret")
    upload.expect(status="processing", progress=0, resultId=None, isComplete=False)
