"""In a real browser: two tabs, a reload in the middle, a server that restarts, a store that is away, and strangers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from examples.proposals import plan
from examples.proposals.room import Room
from tests.examples.locked import away
from tests.examples.proposals.puppets import Puppet, refused
from tests.examples.proposals.serving import Port, served
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

    from tests.examples.proposals.serving import Served

PROPOSAL_KEY, TREE_KEY = "active_proposal_job_harbour", "active_tree_build_job_harbour"
LETTER = {"name": "bench.txt", "mimeType": "text/plain", "buffer": b"More benches, please."}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser of one person; whatever is thrown in one of its tabs fails the test."""
    context = browser.new_context()
    context.set_default_timeout(15_000)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


def card(page: Page) -> Locator:
    return page.locator("#cards > li").first


def shows(page: Page, stage: str, percent: str) -> None:
    expect(card(page).locator("[aria-current=step]")).to_have_text(re.compile(stage), timeout=15_000)
    expect(card(page).locator(".figure")).to_have_text(percent, timeout=15_000)


def live(page: Page) -> None:
    expect(page.locator("#connection")).to_have_text("Live", timeout=20_000)


def kept(page: Page, key: str) -> str | None:
    found: str | None = page.evaluate("key => localStorage.getItem(key)", key)
    return found


def brought(page: Page) -> str:
    """The id of the job that a letter dropped on this page began."""
    page.locator("#files").set_input_files(LETTER)  # type: ignore[arg-type]  # it is a FilePayload
    expect(page.locator("#cards > li")).to_have_count(1, timeout=15_000)
    job_id = card(page).get_attribute("data-job")
    assert job_id
    eventually(lambda: kept(page, PROPOSAL_KEY) == job_id)
    return job_id


def test_two_tabs_show_the_same_from_the_letter_to_the_tree(
    context: BrowserContext, box: Served, puppet: Puppet
) -> None:
    tabs = [context.new_page(), context.new_page()]
    for page in tabs:
        page.goto(box.url)
        live(page)
    job_id = brought(tabs[0])
    assert kept(tabs[1], PROPOSAL_KEY) == job_id

    for stage, shown, done, percent in (
        (plan.CLUSTERING, "Clustering", 1, "30.0 %"),
        (plan.SYNTHESIZING, "Synthesizing", 1, "60.0 %"),
    ):
        puppet.tell(stage, done, 2, f"{shown} now")
        for page in tabs:
            shows(page, shown, percent)
            expect(card(page).locator(".message")).to_have_text(f"{shown} now")
            expect(card(page).locator(".yours")).to_have_text("yours")
    puppet.finish()
    for page in tabs:
        expect(page.locator("#proposals-title")).to_be_visible(timeout=15_000)
        expect(page.locator("#cards > li")).to_have_count(0)
    assert [kept(page, PROPOSAL_KEY) for page in tabs] == [None, None], "what has ended is not gone on with"

    tabs[1].get_by_role("button", name="Build the tree").click()
    puppet.tell(plan.ANALYZING, 1, 2)
    for page in tabs:
        shows(page, "Analyzing", "49.0 %")
        eventually(lambda page=page: kept(page, TREE_KEY))  # type: ignore[misc]  # a default binds the loop's tab
    puppet.finish()
    for page in tabs:
        expect(page.locator("#tree")).to_be_visible(timeout=15_000)
        expect(page.get_by_role("button", name="Build the tree")).to_be_hidden()


def test_a_reload_in_the_middle_goes_on_where_it_was(tab: Page, box: Served, puppet: Puppet) -> None:
    tab.goto(box.url)
    live(tab)
    job_id = brought(tab)
    puppet.tell(plan.SYNTHESIZING, 1, 4, "2 of 8 proposals")
    shows(tab, "Synthesizing", "50.0 %")

    tab.reload()
    shows(tab, "Synthesizing", "50.0 %")
    expect(card(tab).locator(".yours")).to_have_text("yours")
    assert kept(tab, PROPOSAL_KEY) == job_id
    puppet.tell(plan.DEDUPLICATING, 0, 1)
    shows(tab, "Deduplicating", "80.0 %")


def test_a_stale_entry_is_cleaned_when_the_page_opens(tab: Page, box: Served, puppet: Puppet) -> None:
    puppet.finish()
    ended = box.bring()
    box.seen(ended, stage="complete")
    tab.goto(box.url)
    live(tab)
    keep = "([key, id]) => localStorage.setItem(key, id)"
    tab.evaluate(keep, [PROPOSAL_KEY, ended])
    tab.evaluate(keep, [TREE_KEY, "01930f6e-0000-7000-8000-000000000000"])

    tab.reload()
    live(tab)
    eventually(lambda: (kept(tab, PROPOSAL_KEY), kept(tab, TREE_KEY)) == (None, None))


@pytest.fixture
def port() -> Iterator[Port]:
    with Port() as port:
        yield port


def test_a_server_that_restarts_while_a_job_runs_is_waited_for(
    tab: Page, tmp_path: Path, store: str, port: Port
) -> None:
    puppets = [Puppet(), Puppet()]
    rooms = [Room(folder=tmp_path / "box", store=store, workers=1, hand=puppet) for puppet in puppets]
    with served(rooms[0], at=port.taken()) as box:
        tab.goto(box.url)
        live(tab)
        job_id = brought(tab)
        puppets[0].tell(plan.CLUSTERING, 1, 2)
        shows(tab, "Clustering", "30.0 %")
    expect(tab.locator("#connection")).to_have_text("Connection lost, trying again…", timeout=15_000)
    expect(card(tab).locator(".figure")).to_have_text("30.0 %")

    with served(rooms[1], at=port.taken()) as box:
        puppets[1].tell(plan.SYNTHESIZING, 1, 2, "begun anew")
        live(tab)
        shows(tab, "Synthesizing", "60.0 %")
        expect(card(tab).locator(".running")).to_contain_text("attempt 2")
        puppets[1].finish()
        expect(tab.locator("#proposals-title")).to_be_visible(timeout=15_000)
        assert box.progress(job_id)["attempt"] == 2
    assert kept(tab, PROPOSAL_KEY) is None


LISTEN = """project => {
  window.heard = [];
  window.source = new EventSource(`api/projects/${project}/status`);
  window.source.onmessage = ({ data }) => window.heard.push(JSON.parse(data));
}"""


def test_an_event_source_on_the_projects_stream_comes_back_by_itself(
    tab: Page, tmp_path: Path, store: str, port: Port
) -> None:
    puppets = [Puppet(), Puppet()]
    rooms = [Room(folder=tmp_path / "box", store=store, workers=1, hand=puppet) for puppet in puppets]

    def heard(stage: str) -> bool:
        return stage in tab.evaluate("window.heard.map(({ progress }) => progress.stage)")

    with served(rooms[0], at=port.taken()) as box:
        tab.goto(box.url)
        live(tab)
        tab.evaluate(LISTEN, "harbour")
        brought(tab)
        puppets[0].tell(plan.CLUSTERING)
        eventually(lambda: heard("clustering"))
    eventually(lambda: tab.evaluate("window.source.readyState") == 0)  # it connects

    puppets[1].let_go()  # what was left is ended, perhaps before anybody listens again
    with served(rooms[1], at=port.taken()):
        eventually(lambda: heard("complete"), within_s=30)
        assert tab.evaluate("window.source.readyState") == 1
        tab.evaluate("window.source.close()")


def test_an_event_source_of_a_stranger_gives_up(tab: Page, box: Served) -> None:
    tab.goto(box.url)
    live(tab)
    tab.evaluate(LISTEN, "atlantis")
    eventually(lambda: tab.evaluate("window.source.readyState") == 2)  # for good


@pytest.mark.usefixtures("impatient")
def test_while_the_store_is_away_the_page_holds_and_then_catches_up(
    tab: Page, box: Served, puppet: Puppet, store: str
) -> None:
    tab.goto(box.url)
    live(tab)
    brought(tab)
    puppet.tell(plan.CLUSTERING, 1, 2)
    shows(tab, "Clustering", "30.0 %")
    with away(store):
        puppet.tell(plan.SYNTHESIZING, 1, 2, "goes on")
        eventually(lambda: box.as_(None).get("/api/health").status_code == 503)
        expect(card(tab).locator(".figure")).to_have_text("30.0 %")
        tab.reload()
        shows(tab, "Clustering", "30.0 %")
    shows(tab, "Synthesizing", "60.0 %")
    puppet.finish()
    expect(tab.locator("#proposals-title")).to_be_visible(timeout=15_000)


def test_where_no_stream_gets_through_the_page_polls_and_says_so(tab: Page, box: Served, puppet: Puppet) -> None:
    def without_streams(route: Route) -> None:
        streams = "text/event-stream" in route.request.headers.get("accept", "")
        route.abort() if streams else route.continue_()

    tab.route("**/v1/events**", without_streams)
    tab.goto(box.url)
    expect(tab.locator("#connection")).to_have_text("Asking every few seconds", timeout=30_000)
    brought(tab)
    puppet.tell(plan.SYNTHESIZING, 1, 2)
    shows(tab, "Synthesizing", "60.0 %")
    tab.unroute("**/v1/events**")
    live(tab)


def test_a_stranger_is_shown_nothing_and_a_member_everything(
    browser: Browser, box: Served, puppet: Puppet, context: BrowserContext
) -> None:
    box.bring(project="harbour")
    puppet.tell(plan.CLUSTERING)
    page = context.new_page()
    page.goto(box.url)
    shows(page, "Clustering", "20.0 %")
    expect(card(page).locator(".yours")).to_have_text("by ada")

    page.get_by_label("You are").select_option("eve")
    expect(page.get_by_role("alert")).to_have_text("You are a member of no project, so there is nothing to show.")
    expect(page.locator("#inside")).to_be_hidden()
    assert page.locator("#cards > li").count() == 0
    page.get_by_label("You are").select_option("ben")
    shows(page, "Clustering", "20.0 %")
    assert page.get_by_label("and look at").locator("option").all_inner_texts() == ["The old harbour"]

    page.goto(f"{box.url}/#library")  # an address that ada sent him
    expect(page.get_by_role("alert")).to_contain_text("no such project among the projects that you are a member of")
    expect(page.locator("#inside")).to_be_hidden()


def failing(page: Page, puppet: Puppet) -> None:
    brought(page)
    puppet.tell(plan.CLUSTERING, 1, 2)
    shows(page, "Clustering", "30.0 %")
    puppet.orders.put(refused("All three texts have only words that say nothing alone."))
    expect(card(page).locator(".message")).to_have_text("All three texts have only words that say nothing alone.")
    expect(card(page).locator(".figure")).to_have_text("30.0 %")


def stopped(page: Page, puppet: Puppet) -> None:
    brought(page)
    puppet.tell(plan.CLUSTERING, 1, 2)
    shows(page, "Clustering", "30.0 %")
    card(page).get_by_role("button", name="Stop").click()
    expect(card(page).locator(".message")).to_have_text("It was stopped before its end.")


@pytest.mark.parametrize("end", [failing, stopped])
def test_an_end_that_is_no_good_one_says_why_and_is_not_gone_on_with(
    tab: Page, box: Served, puppet: Puppet, end: Callable[[Page, Puppet], None]
) -> None:
    tab.goto(box.url)
    live(tab)
    end(tab, puppet)
    eventually(lambda: kept(tab, PROPOSAL_KEY) is None)


def test_what_is_no_text_is_refused_on_the_page(tab: Page, box: Served) -> None:
    tab.goto(box.url)
    live(tab)
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\x00"}
    tab.locator("#files").set_input_files(photo)  # type: ignore[arg-type]  # it is a FilePayload

    expect(tab.locator("#not-taken")).to_have_text(
        "“photo.jpg” is empty or no text. Bring plain text files, as .txt or .md."
    )
    assert kept(tab, PROPOSAL_KEY) is None


def test_the_page_works_below_a_prefix_of_another_application(tab: Page, room: Room, puppet: Puppet) -> None:
    with room, served(room, below="/proposals") as box:
        tab.goto(f"{box.url}/")
        live(tab)
        puppet.let_go()
        tab.get_by_role("button", name="Run the sample").click()
        expect(tab.locator("#proposals-title")).to_be_visible(timeout=15_000)
        expect(tab.locator("#tree")).to_be_visible(timeout=15_000)


def test_behind_the_scenes_the_rows_and_the_parts_are_shown(tab: Page, box: Served, puppet: Puppet) -> None:
    tab.goto(box.url)
    live(tab)
    job_id = brought(tab)
    puppet.tell(plan.CLUSTERING, 0, 1, "groups")
    tab.get_by_text("Behind the scenes").click()

    expect(tab.locator("#behind-parts")).to_contain_text("store ok")
    expect(tab.get_by_role("row", name=re.compile(job_id[:8]))).to_contain_text("clustering2 of 5groups")
