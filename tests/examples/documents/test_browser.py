"""The pages in a real browser: dropped, watched to the end without a reload, left and come back to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from examples.documents import plan
from examples.house import papers
from tests.examples.documents.serving import served
from tests.examples.tabs import Opened, drop, live, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FilePayload, Locator, Page

    from tests.examples.documents.serving import Room

LONG = papers.printed("The Harbour Log", 2500)
PATIENCE_MS = 60_000


@pytest.fixture
def opened(browser: Browser, room: Room) -> Iterator[Opened]:
    expect.set_options(timeout=PATIENCE_MS)  # of the whole process: others have set theirs
    with opening(browser, room.url, patience_ms=PATIENCE_MS) as opened:
        yield opened


def fall(page: Page, content: bytes, name: str) -> None:
    drop(page, "body", content, name, "application/pdf")


def row(page: Page, name: str) -> Locator:
    return page.locator(".job", has=page.get_by_role("link", name=name, exact=True))


def percent(bar: Locator) -> float:
    return float(bar.get_attribute("aria-valuenow") or "nan")


def test_a_dropped_pdf_is_watched_to_its_end_without_a_reload(opened: Opened) -> None:
    page = opened()
    live(page)
    page.evaluate(
        """() => {
            window.sameVisit = true;
            window.percents = [];
            new MutationObserver((changes) => changes.forEach(({ target }) => {
                const row = target.closest?.("#live .job");
                const told = row?.querySelector(".bar")?.getAttribute("aria-valuenow");
                if (row?.textContent.includes("dropped.pdf") && told) window.percents.push(Number(told));
            })).observe(document.getElementById("live"), { subtree: true, attributes: true });
        }"""
    )

    fall(page, LONG, "dropped.pdf")

    dropped = row(page, "dropped.pdf")
    expect(page.locator("#live").locator(dropped)).to_contain_text("Extracting text")
    expect(dropped).to_contain_text(re.compile(r"\d+ of 2,500 pages"))
    expect(dropped).to_contain_text(re.compile(r"about \d+ s left"))
    expect(dropped).to_contain_text(re.compile(r"running for \d+ s"))
    expect(page.locator("#recent").locator(dropped)).to_contain_text("Done")
    expect(dropped).to_contain_text("2,500 pages")
    expect(page.locator("#announcer")).to_contain_text("dropped.pdf: Done.")
    percents = page.evaluate("window.percents")
    assert len(set(percents)) > 5, "it moved while one could watch"
    assert percents == sorted(percents), "it never went back"
    assert page.evaluate("window.sameVisit"), "it was the same visit all the time"


def test_a_reload_half_way_goes_on_where_it_was(opened: Opened) -> None:
    page = opened()
    live(page)
    fall(page, LONG, "reloaded.pdf")
    bar = row(page, "reloaded.pdf").get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[2-9]\d"))
    before = percent(bar)

    page.reload()

    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"\d"))
    assert percent(bar) >= before
    expect(page.locator("#recent").locator(row(page, "reloaded.pdf"))).to_contain_text("Done")


def test_a_locked_pdf_shows_its_sentence_in_the_queue_and_on_its_page(opened: Opened) -> None:
    page = opened()
    live(page)
    fall(page, papers.sealed(), "sealed minutes.pdf")

    sealed = row(page, "sealed minutes.pdf")
    expect(sealed).to_contain_text("This PDF is locked with a password; save a copy without one and upload that.")
    expect(sealed).to_contain_text("Failed")

    sealed.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sealed minutes.pdf")
    expect(page.get_by_role("alert")).to_contain_text("locked with a password")
    expect(page.locator("#steps li").first).to_have_attribute("data-status", "failed")
    expect(page.locator("#history")).to_contain_text("Starting: failed")


def test_a_file_that_is_no_pdf_is_refused_where_it_was_dropped(opened: Opened) -> None:
    page = opened()
    live(page)
    fall(page, b"\x89PNG\r\n\x1a\n" + bytes(64), "picture.pdf")

    upload = page.locator("#uploads li")
    expect(upload).to_contain_text("This is not a PDF: it looks like a PNG picture.")
    expect(page.locator("#announcer")).to_contain_text("picture.pdf: This is not a PDF")
    upload.get_by_role("button", name="Dismiss").click()
    expect(upload).to_have_count(0)
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()


def test_the_page_of_a_document_fills_itself_while_one_looks(opened: Opened, room: Room) -> None:
    answer = room.bring(LONG, "watched.pdf")
    page = opened(answer.headers["Location"])

    running = page.locator("#steps li[aria-current=step]")
    expect(running).to_contain_text("Extracting text")
    expect(running.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile(r"\d"))
    expect(page.locator("#whole")).to_contain_text(re.compile(r"\d+ of 2,500 pages"))
    expect(page.locator("#whole")).to_contain_text("Done")
    expect(page.locator("#whole .figure")).to_have_text("100.0 %")
    for name, _weight in plan.STEPS:
        step = page.locator("#steps li", has_text=re.compile(name.replace("_", " "), re.IGNORECASE))
        expect(step).to_have_attribute("data-status", "succeeded")
        expect(step.locator(".spent")).to_have_text(re.compile(r"\d+ (ms|s)|\d+\.\d s"))
    picture = page.get_by_role("img", name="The first page of watched.pdf")
    expect(picture).to_have_js_property("naturalHeight", 800)
    expect(page.locator("#text")).to_contain_text("The Harbour Log")
    history = page.locator("#history li").evaluate_all("(entries) => entries.map((entry) => Number(entry.dataset.seq))")
    assert history == list(range(1, len(history) + 1)), "every entry once and in order"


def test_the_text_is_turned_page_by_page(opened: Opened, room: Room) -> None:
    answer = room.bring(papers.printed("Survey", 12), "survey.pdf")
    room.ended(answer.json()["job_id"])
    page = opened(answer.headers["Location"])

    expect(page.locator("#text")).to_contain_text("Kept at the pilot station")
    expect(page.get_by_role("button", name="Previous page")).to_be_disabled()
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("#text")).to_have_text(re.compile(r"\n2\s*$"))
    page.get_by_label("Page", exact=True).fill("99")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Page", exact=True)).to_have_value("12")
    expect(page.locator("#text")).to_have_text(re.compile(r"\n12\s*$"))
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()


def test_two_tabs_show_the_same(opened: Opened) -> None:
    one, other = opened(), opened()
    live(one)
    live(other)

    fall(one, papers.printed("Seen Twice", 2), "twice.pdf")

    for page in (one, other):
        expect(page.locator("#recent").locator(row(page, "twice.pdf"))).to_contain_text("2 pages")


def test_files_can_be_chosen_by_keyboard_alone(opened: Opened) -> None:
    page = opened()
    live(page)
    chooser = page.get_by_role("button", name="Choose files")
    for _ in range(6):
        page.keyboard.press("Tab")
        if chooser.evaluate("(button) => button === document.activeElement"):
            break
    expect(chooser).to_be_focused()

    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    typed: FilePayload = {
        "name": "typed.pdf",
        "mimeType": "application/pdf",
        "buffer": papers.printed("Typed", 1),
    }
    chosen.value.set_files(typed)

    expect(page.locator("#recent").locator(row(page, "typed.pdf"))).to_contain_text("Done")


def test_a_running_document_can_be_stopped_and_tried_again(opened: Opened) -> None:
    page = opened()
    live(page)
    fall(page, LONG, "stopped.pdf")
    expect(row(page, "stopped.pdf")).to_contain_text("Extracting text")

    page.get_by_role("button", name="Stop stopped.pdf").click()
    expect(row(page, "stopped.pdf")).to_contain_text("Cancelled")

    row(page, "stopped.pdf").get_by_role("link").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#whole")).to_contain_text("Extracting text")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#whole")).to_contain_text("Cancelled")


def test_what_waits_shows_no_number(opened: Opened, room: Room) -> None:
    for name in ("first.pdf", "second.pdf", "third.pdf"):
        room.bring(LONG, name)
    page = opened()

    waiting = row(page, "third.pdf")
    expect(waiting).to_contain_text("Waiting for its turn")
    assert "%" not in waiting.inner_text()
    expect(page).to_have_title("(3) Documents")
    for name in ("third.pdf", "first.pdf", "second.pdf"):
        page.get_by_role("button", name=f"Stop {name}").click()
    expect(page).to_have_title("Documents")


def test_the_room_goes_down_and_up_again_under_an_open_page(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("interrupted")
    page = browser.new_page()
    with served(folder) as room:
        page.goto(room.url)
        live(page)
        job_id = room.bring(papers.printed("The Harbour Log", 1200), "interrupted.pdf").json()["job_id"]
        room.running(job_id, plan.EXTRACTING_TEXT)
        expect(row(page, "interrupted.pdf")).to_contain_text("Extracting text")
        room.kill()
        expect(page.locator("#connection")).to_contain_text("Connection lost")

    with served(folder, "--port", room.url.rpartition(":")[2]):
        live(page)
        expect(page.locator("#recent").locator(row(page, "interrupted.pdf"))).to_contain_text("Done")
    page.close()


@pytest.mark.parametrize("address", ["/", "document"])
def test_nothing_is_wider_than_a_phone(opened: Opened, room: Room, address: str) -> None:
    answer = room.bring(papers.printed("Mooring Plan", 2), "a-very-long-name-without-any-space-" * 3 + ".pdf")
    room.ended(answer.json()["job_id"])
    page = opened(
        answer.headers["Location"] if address == "document" else address, viewport={"width": 360, "height": 700}
    )
    expect(page.get_by_text("Done").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_who_wants_no_motion_gets_none(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    live(page)
    fall(page, LONG, "still.pdf")

    fill = row(page, "still.pdf").locator(".fill")
    expect(fill).to_have_css("transition-duration", "0s")
    page.get_by_role("button", name="Stop still.pdf").click()
    expect(row(page, "still.pdf")).to_contain_text("Cancelled")


def test_an_unknown_document_has_a_page_that_leads_back(opened: Opened) -> None:
    page = opened("/documents/nobody")

    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such document here")
    page.get_by_role("link", name="See what is here.").click()
    live(page)
