"""In a real browser: the studio's own page, and its hook with the real React and TanStack Query."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.examples.images.puppets import DONE
from tests.examples.images.serving import served
from tests.examples.tabs import tab
from tests.house.rules import ROOT
from tests.js.package import CLIENT, TOOLS, installed, run
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from examples.images.room import Room
    from tests.examples.images.puppets import Puppet
    from tests.examples.images.serving import Studio

POLL_MS = 2500
EMPTY = {"status": None, "stage": None, "progress": 0, "resultId": None, "isComplete": False, "isFailed": False}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with tab(browser) as page:
        yield page


def test_a_picture_that_is_brought_is_seen_to_its_end(
    page: Page, studio: Studio, puppet: Puppet, drawing: bytes
) -> None:
    page.goto(studio.url)
    puppet.orders.put(0.5)
    page.get_by_label("A picture", exact=True).set_input_files(
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": drawing}
    )
    expect(page.locator("#percent")).to_have_text("50 %", timeout=15_000)
    expect(page.get_by_role("heading", name="Drawing", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="Your picture")).to_be_visible()

    page.reload()  # the tab remembers its session
    expect(page.locator("#percent")).to_have_text("50 %", timeout=15_000)
    puppet.orders.put(DONE)

    expect(page.get_by_role("heading", name="Ready")).to_be_visible(timeout=15_000)
    preview = page.get_by_role("img", name="Preview of the drawing")
    expect(preview).to_be_visible()
    assert preview.evaluate("image => image.decode().then(() => image.naturalWidth)") == 120


def test_the_page_works_below_a_prefix_of_another_application(
    page: Page, room: Room, puppet: Puppet, drawing: bytes
) -> None:
    with room, served(room, below="/images") as studio:
        page.goto(f"{studio.url}/")
        puppet.orders.put(DONE)
        page.get_by_label("A picture", exact=True).set_input_files(
            {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": drawing}
        )

        expect(page.get_by_role("heading", name="Ready")).to_be_visible(timeout=15_000)
        preview = page.get_by_role("img", name="Preview of the drawing")
        assert preview.evaluate("image => image.decode().then(() => image.naturalWidth)") == 120


def test_a_picture_that_cannot_be_taken_says_why(page: Page, studio: Studio) -> None:
    page.goto(studio.url)
    page.get_by_label("A picture", exact=True).set_input_files(
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"Dear keeper"}
    )

    expect(page.get_by_role("alert")).to_contain_text("This is not a picture that can be taken here", timeout=15_000)
    expect(page.locator("#percent")).to_have_text("10 %")
    expect(page.get_by_role("list", name="Stages").locator("[data-state=broken]")).to_have_text("Looked at")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hook's page with all that it imports in one file, as an application's own build makes it."""
    entry, out = ROOT / "tests" / "examples" / "images" / "hook.jsx", tmp_path_factory.mktemp("hook") / "hook.js"
    installed()
    packages = ("react", "react-dom", "@tanstack/react-query")
    aliases = [f"--alias:{name}={TOOLS / name}" for name in packages]
    aliases.append(f"--alias:headway-client/query={CLIENT / 'dist' / 'query.js'}")
    flags = ("--bundle", "--format=esm", "--jsx=automatic", '--define:process.env.NODE_ENV="production"')
    run(str(TOOLS / ".bin" / "esbuild"), str(entry), *flags, *aliases, f"--outfile={out}", "--log-level=error")
    return out


class Hook:
    """The hook's page, at the studio's own address; time moves when the test says so."""

    def __init__(self, page: Page, studio: Studio, bundle: Path) -> None:
        self._page = page
        self.asked: list[str] = []
        markup = '<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="hook.js"></script>'
        page.route("**/hook/", lambda route: route.fulfill(content_type="text/html", body=markup))
        page.route("**/hook/hook.js", lambda route: route.fulfill(path=bundle))
        page.on("request", lambda request: self.asked.append(request.url) if "/api/status/" in request.url else None)
        page.clock.install(time=0)
        page.goto(f"{studio.url}/hook/")
        expect(page.locator("output")).to_be_visible()
        page.clock.pause_at(3600)

    def ask(self, job_id: str | None, session: str | None) -> None:
        self._page.evaluate("asked => window.ask(asked)", {"jobId": job_id, "session": session})

    def pass_(self, ms: int = POLL_MS) -> None:
        self._page.clock.run_for(ms)

    def shows(self, **wanted: Any) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            self.pass_(1)
            view: dict[str, Any] = json.loads(self._page.locator("output").inner_text())
            return view if view.items() >= wanted.items() else None

        return eventually(look)


@pytest.fixture
def hook(page: Page, studio: Studio, bundle: Path) -> Hook:
    return Hook(page, studio, bundle)


def test_the_hook_follows_a_job_by_polls_until_it_is_complete(
    hook: Hook, studio: Studio, puppet: Puppet, drawing: bytes
) -> None:
    session = studio.bring(drawing)
    puppet.orders.put(0.5)
    studio.seen(session, progress=50)
    hook.ask(session.job_id, session.token)
    view = hook.shows(status="processing", stage="generating", progress=50, isLoading=False)
    assert view.keys() == {*EMPTY, "isLoading", "error"}
    first = len(hook.asked)

    hook.pass_(POLL_MS - 500)
    assert len(hook.asked) == first, "not before its time"
    puppet.orders.put(DONE)
    result_id = studio.seen(session, status="completed")["resultId"]
    hook.pass_(600)
    hook.shows(status="completed", stage="complete", progress=100, resultId=result_id, isComplete=True, isFailed=False)

    polls = len(hook.asked)
    assert polls == first + 1
    for _ in range(4):
        hook.pass_()
    assert len(hook.asked) == polls, "what is complete is not asked for again"


def test_the_hook_shows_a_failure_and_stops(hook: Hook, studio: Studio) -> None:
    session = studio.bring(b"Dear keeper")
    studio.seen(session, status="failed")

    hook.ask(session.job_id, session.token)

    view = hook.shows(status="failed", stage="failed", progress=10, resultId=None, isFailed=True)
    assert view["error"].startswith("This is not a picture")
    polls = len(hook.asked)
    hook.pass_()
    hook.pass_()
    assert len(hook.asked) == polls


def test_without_a_job_or_a_session_the_hook_asks_nothing(hook: Hook, studio: Studio, drawing: bytes) -> None:
    job_id = studio.bring(drawing).job_id
    for asked in ((None, None), (None, "secret"), (job_id, None), (job_id, "")):
        hook.ask(*asked)
        hook.pass_()
        assert hook.shows(**EMPTY, isLoading=False)["error"] is None
    assert hook.asked == []
