"""What the pages show for a browser works in one, as it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import headway
import headway.http
from tests.docs.pages import block
from tests.http.conftest import Running
from tests.js.package import CLIENT, installed
from tests.js.package import run as run_tool
from tests.waiting import eventually


async def upload(request: Request) -> Response:
    """The status route of an application, of an upload that is done."""
    if request.headers.get("X-Session-Token") != "s3cret":
        return JSONResponse({"success": False, "error": {"code": "UNAUTHORIZED"}}, 401)
    done = {"status": "completed", "stage": "complete", "progress": 100, "resultId": "r1"}
    return JSONResponse({"success": True, **done})


@pytest.fixture
def page(store: str, tmp_path: Path, browser: Browser) -> Iterator[Page]:
    """A page of an application in which Headway is mounted; what the snippet writes to the console is kept."""
    files = tmp_path / "page"
    files.mkdir()
    mounted, alone = headway.http.app(store), headway.http.app(store)
    page_of_its_own = Mount("/page", StaticFiles(directory=files, follow_symlink=True))
    routes = [Mount("/headway", mounted), page_of_its_own, Route("/api/status/{job_id}", upload), Mount("/", alone)]
    application = Starlette(routes=routes)
    with Running(application, [mounted, alone]) as server:
        page = browser.new_page(base_url=server.url)
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        yield page
        page.close()


def bundled(script: str, folder: Path) -> None:
    """The snippet with all that it imports, as a build makes it, in a page."""
    (folder / "script.tsx").write_text(script)
    flags = ("--bundle", "--format=esm", "--jsx=automatic", "--target=es2022", "--log-level=error")
    packages = {name: installed() / name for name in ("react", "react-dom", "@tanstack/react-query")}
    packages |= {"headway-client/query": CLIENT / "dist" / "query.js", "headway-client": CLIENT / "dist" / "index.js"}
    found = [f"--alias:{name}={path}" for name, path in packages.items()]
    more = ('--define:process.env.NODE_ENV="production"', f"--outfile={folder / 'script.js'}")
    run_tool(str(installed() / ".bin" / "esbuild"), str(folder / "script.tsx"), *flags, *found, *more)
    (folder / "index.html").write_text('<!doctype html><body><script type="module" src="script.js"></script>')


def said(page: Page, address: str) -> list[str]:
    """What the page writes to its console, as it grows."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    page.goto(address)
    return lines


def eventually_said(page: Page, lines: list[str], wanted: str) -> None:
    def look() -> bool:
        page.evaluate("1")  # lets what the page said come in
        return any(wanted in line for line in lines)

    eventually(look)


def test_a_page_without_a_build_step_counts_what_runs(page: Page, reporter: headway.Reporter, tmp_path: Path) -> None:
    (tmp_path / "page" / "client").symlink_to(CLIENT / "dist")
    (tmp_path / "page" / "index.html").write_text(block("docs/browser.md · In a browser · 1").text)
    jobs = [reporter.start("report") for _ in range(2)]
    page.goto("/page/index.html")
    expect(page.locator("output")).to_have_text("2")
    jobs[0].succeed()
    expect(page.locator("output")).to_have_text("1")


def test_a_page_watches_a_project(page: Page, reporter: headway.Reporter, tmp_path: Path) -> None:
    bundled(block("docs/browser.md · In a browser · 2").text, tmp_path / "page")
    job = reporter.start("report", project="acme")
    lines = said(page, "/page/index.html")
    eventually_said(page, lines, f"{job.id} running")
    job.succeed()
    eventually_said(page, lines, f"{job.id} succeeded 100")
    assert any(line.startswith("live") for line in lines)


def test_a_page_goes_on_after_a_reload(page: Page, reporter: headway.Reporter, tmp_path: Path) -> None:
    snippet = block("docs/browser.md · After a reload · 1").text
    bundled(snippet + "\nObject.assign(window, { begun });\n", tmp_path / "page")
    job = reporter.start("proposal")
    job.update(current=3, total=10)
    lines = said(page, "/page/index.html")
    page.evaluate("id => window.begun(id)", job.id)
    eventually_said(page, lines, "30")
    lines.clear()
    page.reload()
    eventually_said(page, lines, "30")


def test_a_page_reads_an_event_stream_of_its_own(page: Page, reporter: headway.Reporter, tmp_path: Path) -> None:
    address = "/v1/events"
    bundled(
        block("docs/browser.md · Event streams of your own · 1").text.replace("/events", address), tmp_path / "page"
    )
    job = reporter.start("report")
    eventually_said(page, said(page, "/page/index.html"), f'snapshot {{"id":"{job.id}"')


SHOWN = """
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
const Shown = () => <output>{JSON.stringify(HOOK("42", "s3cret"))}</output>;
const shown = <QueryClientProvider client={new QueryClient()}><Shown /></QueryClientProvider>;
createRoot(document.body).render(shown);
"""


@pytest.mark.parametrize(
    ("place", "hook", "shown"),
    [
        ("docs/browser.md · Polling with TanStack Query · 1", "useUpload", "done: r1"),
        ("docs/howto-upload-polling.md · The page · 1", "useStatus", '"isComplete":true'),
    ],
)
def test_a_hook_polls_an_upload(page: Page, tmp_path: Path, place: str, hook: str, shown: str) -> None:
    bundled(block(place).text + SHOWN.replace("HOOK", hook), tmp_path / "page")
    page.goto("/page/index.html")
    expect(page.locator("output")).to_contain_text(shown)
