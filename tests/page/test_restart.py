"""Owns the proof that nobody takes old data for live, and that nothing is lost or doubled when the server is back."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route

from tests.page.processes import Served, Worker
from tests.page.sight import Desk, Tab

# Notes every value that the bar has ever shown.
REMEMBER = """() => {
    const bar = document.querySelector(".head [role=progressbar]");
    const look = () => window.shown.push(Number(bar.getAttribute("aria-valuenow")));
    window.shown = [];
    new MutationObserver(look).observe(bar, { attributeFilter: ["aria-valuenow"] });
    look();
}"""
NEWS = {"items": [{"event": "state", "data": {"id": "unheard", "version": 9}}], "next_cursor": "x"}


@pytest.fixture(scope="module")
def served(store: str, folder: Path) -> Iterator[Served]:
    """A server of their own for those who stop it."""
    with Served(store, folder) as served:
        yield served


def at_half(desk: Desk, worker: Worker) -> Tab:
    """The page of a job at 50 %."""
    job = worker.does("start", kind="report", steps=["render"])
    worker.does("step", name="render")
    worker.does("update", current=5, total=10)
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect(tab.bar()).to_have_attribute("aria-valuenow", "50")
    return tab


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_the_page_says_that_it_is_old_and_comes_back(
    storm: Desk, served: Served, worker: Worker, how: signal.Signals
) -> None:
    tab = at_half(storm, worker)
    tab.page.evaluate(REMEMBER)
    served.end(how)
    tab.expect(".link").to_have_text(re.compile(r"Reconnecting since \d\d:\d\d:\d\d"))
    tab.expect(".warning").to_contain_text("Not live: this is how things stood at")
    tab.expect("html").to_have_attribute("data-old", "")
    assert tab.page.title().startswith("Not live")
    worker.does("note", text="meanwhile")
    worker.does("update", current=8)
    served.start()
    tab.button("Try now").click()
    tab.live().expect(".warning").to_be_hidden()
    tab.expect(tab.bar()).to_have_attribute("aria-valuenow", "80")
    tab.expect(tab.entries()).to_have_count(4)
    assert "meanwhile" in tab.entries().first.inner_text()
    shown = tab.page.evaluate("window.shown")
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (50, 80)


def test_the_list_comes_back_by_itself(storm: Desk, served: Served, worker: Worker) -> None:
    tab = storm.open().live()
    before = worker.does("start", kind="report", subject="before")
    tab.expect(tab.row(before)).to_be_visible()
    served.end()
    tab.expect(".link").to_contain_text("Reconnecting")
    worker.does("fail", error="while nobody looked")
    after = worker.does("start", kind="report", subject="after")
    served.start()
    tab.live().expect(tab.row(after)).to_be_visible()
    tab.expect(tab.row(before)).to_contain_text("while nobody looked")
    tab.expect(tab.row(before)).to_have_count(1)


def test_time_stands_still_while_the_server_is_away(storm: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report")
    tab = storm.open()
    tab.page.clock.install()
    tab.go(f"#/jobs/{job}").live()
    tab.page.route("**/v1/**", lambda route: route.abort())
    tab.page.evaluate("dispatchEvent(new Event('online'))")  # the page opens its stream anew, and fails
    tab.expect(".link").to_contain_text("Reconnecting")
    tab.page.clock.fast_forward(3_600_000)
    tab.expect(".warning").to_contain_text("Not live")
    tab.expect(tab.find(".below")).to_have_text(re.compile(r"running for 0:\d\d$"))


def test_a_server_that_cannot_be_reached_is_said_to_be_away(storm: Desk) -> None:
    tab = storm.open()
    tab.page.route("**/v1/**", lambda route: route.abort())
    tab.page.reload()
    tab.expect(".warning").to_contain_text("The server cannot be reached since")
    tab.page.unroute("**/v1/**")
    tab.button("Try now").click()
    tab.live().expect(".warning").to_be_hidden()


def test_something_else_that_answers_is_not_taken_for_jobs(storm: Desk) -> None:
    tab = storm.open()
    tab.page.route("**/v1/events", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    tab.page.reload()
    tab.expect(".warning").to_contain_text("The server cannot be reached since")
    tab.page.unroute("**/v1/events")
    tab.live()


def test_a_connection_that_died_in_silence_is_found_out(storm: Desk) -> None:
    tab = storm.open()
    tab.page.clock.install()
    polls: list[str] = []

    def poll(route: Route, request: Request) -> None:
        if "json" not in request.headers["accept"]:
            return route.continue_()
        polls.append(request.url)
        return route.fulfill(body=json.dumps(NEWS))

    tab.page.route("**/v1/events**", poll)
    tab.page.reload()
    tab.live()
    with tab.page.expect_request(lambda request: "json" in request.headers.get("accept", "")):
        tab.page.clock.run_for(21_000)
    with tab.page.expect_request(lambda request: "event-stream" in request.headers.get("accept", "")):
        tab.page.clock.run_for(3_000)
    tab.live()
    assert len(polls) == 1


def test_an_unknown_job_is_said_to_be_unknown(storm: Desk) -> None:
    tab = storm.open("#/jobs/0192d3a0-7c00-7000-8000-00000000dead")
    tab.expect(tab.page.get_by_role("heading", name="No such job")).to_be_visible()
    tab.expect(".link").to_have_text("Not connected")
    tab.page.get_by_role("main").get_by_role("link", name="All jobs").last.click()
    tab.live()


def test_a_refusal_is_shown_where_it_was_asked(storm: Desk, worker: Worker) -> None:
    tab = at_half(storm, worker)
    problem = {"title": "Forbidden", "detail": "Your key may only read.", "status": 403}
    tab.page.route("**/cancel", lambda route: route.fulfill(status=403, body=json.dumps(problem)))
    tab.button("Cancel…").click()
    tab.button("Ask it to stop").click()
    tab.expect(tab.page.get_by_text("Refused: Your key may only read.")).to_be_visible()
