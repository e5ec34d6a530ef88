"""Owns the proof that the built client works in a real browser: in tabs, over reloads, restarts and bad proxies."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from headway import Reporter
from tests.js.pages import Pages
from tests.page.processes import Served

EVENTS = "**/v1/jobs/*/events*"


@pytest.fixture
def pages(browser: Browser, served: Served) -> Iterator[Pages]:
    with Pages(browser, served) as pages:
        yield pages


def follow(page: Page, job: str) -> None:
    page.evaluate("job => window.begin(job)", job)
    expect(page.locator("#state")).to_have_text("live")


def entry(page: Page) -> str | None:
    """What local storage remembers."""
    kept: str | None = page.evaluate("localStorage.getItem('active_proposal_job_p1')")
    return kept


def test_two_tabs_show_the_same_to_the_end_and_forget_the_job(pages: Pages, reporter: Reporter) -> None:
    first, second = pages.open(), pages.open()
    job = reporter.start("proposals", steps=["cluster", "title"])
    follow(first, job.id)
    expect(second.locator("#state")).to_have_text("live")  # it heard from the first
    job.step("cluster").update(current=1, total=2)
    job.flush()
    for tab in (first, second):
        expect(tab.locator("#job")).to_have_text("running 25")
        expect(tab.locator("progress")).to_have_js_property("value", 25)
    job.succeed()
    for tab in (first, second):
        expect(tab.locator("#job")).to_have_text("succeeded 100")
        expect(tab.locator("#state")).to_have_text("closed")
    assert entry(first) is None


def test_a_reload_goes_on_with_the_job(pages: Pages, reporter: Reporter) -> None:
    tab = pages.open()
    job = reporter.start("proposals", steps=["cluster", "title"])
    follow(tab, job.id)
    tab.reload()
    expect(tab.locator("#state")).to_have_text("live")
    job.fail("no texts")
    expect(tab.locator("#job")).to_have_text("failed 0")
    expect(tab.locator("#state")).to_have_text("closed")


def test_a_stale_entry_is_cleaned(pages: Pages, reporter: Reporter) -> None:
    tab = pages.open()
    job = reporter.start("proposals")
    tab.evaluate("job => localStorage.setItem('active_proposal_job_p1', job)", job.id)
    job.succeed()
    tab.reload()
    tab.wait_for_function("localStorage.getItem('active_proposal_job_p1') === null")
    expect(tab.locator("#job")).to_have_text("none")


def test_a_server_that_restarts_is_found_again(pages: Pages, served: Served, reporter: Reporter) -> None:
    tab = pages.open()
    job = reporter.start("proposals")
    follow(tab, job.id)
    served.end(signal.SIGKILL)
    expect(tab.locator("#state")).to_have_text("stale")
    job.note("one")
    served.start()
    expect(tab.locator("#state")).to_have_text("live")
    job.note("two")
    expect(tab.locator("#events")).to_have_text("3 4")


@pytest.mark.parametrize("status", [200, 502])
def test_behind_a_proxy_that_answers_pages_it_polls_and_comes_back(
    pages: Pages, reporter: Reporter, status: int
) -> None:
    def no_streams(route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            route.fulfill(status=status, body="<h1>Wait</h1>", content_type="text/html")
        else:
            route.continue_()

    tab = pages.open()
    tab.route(EVENTS, no_streams)
    job = reporter.start("proposals")
    tab.evaluate("job => window.begin(job)", job.id)
    expect(tab.locator("#state")).to_have_text("polling")
    for told in ("3", "3 4", "3 4 5"):
        job.note("a line")
        expect(tab.locator("#events")).to_have_text(told)
    tab.unroute(EVENTS)
    expect(tab.locator("#state")).to_have_text("live")
    job.note("live")
    expect(tab.locator("#events")).to_have_text("3 4 5 6")


def test_a_network_that_goes_and_comes_is_noticed(pages: Pages, reporter: Reporter) -> None:
    tab = pages.open()
    job = reporter.start("proposals")
    follow(tab, job.id)
    tab.context.set_offline(True)
    expect(tab.locator("#state")).to_have_text("stale")
    job.note("meanwhile")
    tab.context.set_offline(False)
    expect(tab.locator("#state")).to_have_text("live")
    expect(tab.locator("#events")).to_have_text("3")


def test_a_closed_client_leaves_no_connection(pages: Pages, reporter: Reporter) -> None:
    tab = pages.open()
    job = reporter.start("proposals")
    follow(tab, job.id)
    with tab.expect_event("requestfailed") as ended:
        tab.evaluate("window.leave()")
    assert job.id in ended.value.url
    expect(tab.locator("#state")).to_have_text("closed")
