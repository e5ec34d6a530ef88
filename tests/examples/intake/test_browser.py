"""In a real browser: files on their way, one file's table and log, live and without a reload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from examples.house import papers
from examples.intake.app import app
from examples.intake.room import Room
from tests.examples.intake.places import PASSWORD, USER, Dav
from tests.examples.intake.serving import served
from tests.examples.listening import listening
from tests.examples.tabs import tab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, FilePayload, Page, Route

    from tests.examples.intake.serving import Intake

WAIT_MS = 20_000


@pytest.fixture(scope="module")
def intake(dav: Dav, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    folder = tmp_path_factory.mktemp("intake")
    places = f"archive={(folder / 'archive').as_uri()} team={dav.at(f'{USER}:{PASSWORD}', 'team')}"
    with served(folder, settings={"INTAKE_DESTINATIONS": places, "INTAKE_WAITS_S": "0.2"}) as intake:
        yield intake


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with tab(browser, but="status of 415") as page:
        yield page


def pdf(content: bytes, name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def test_a_file_that_is_chosen_is_seen_to_its_end_without_a_reload(page: Page, intake: Intake, dav: Dav) -> None:
    dav.gates["team"].shut()
    page.goto(intake.url)
    page.locator("#chosen").set_input_files([pdf(papers.printed("Seen in the List", 2), "seen.pdf")])
    row = page.locator("#files > li", has_text="seen.pdf")

    expect(row.locator(".doing")).to_have_text("Sending to team", timeout=WAIT_MS)
    expect(row.locator('.marks [data-standing="succeeded"]')).to_contain_text("archive")
    expect(page).to_have_title(re.compile(r"^\(\d+\) Intake"))
    dav.gates["team"].open()

    expect(row.locator(".doing")).to_have_text("Filed and sent", timeout=WAIT_MS)
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    expect(page.locator("#connection")).to_have_text("Live")


def test_a_file_s_page_shows_its_table_and_its_log_while_they_grow(page: Page, intake: Intake, dav: Dav) -> None:
    dav.gates["team"].shut()
    file_id = intake.bring(papers.printed("Seen by Itself", 2), "itself.pdf")
    page.goto(f"{intake.url}/files/{file_id}")
    team = page.locator('#uploads > li[data-name="team"]')

    expect(page.get_by_role("heading", level=1)).to_have_text("itself.pdf")
    expect(team.locator(".status")).to_have_text("in progress", timeout=WAIT_MS)
    expect(page.locator("#main > li")).to_have_count(8)
    expect(page.locator('#uploads > li[data-name="archive"] .words')).to_have_text("Arrived")
    dav.gates["team"].open()

    expect(page.locator("#doing")).to_have_text("Filed and sent", timeout=WAIT_MS)
    expect(page.locator("#main-count")).to_have_text("8 of 8")
    expect(page.locator("#uploads-count")).to_have_text("2 of 2")
    expect(page.locator("#metadata")).to_contain_text("Seen by Itself")
    expect(page.locator("#log > li")).to_have_count(len(intake.logs(file_id)))
    expect(page.locator("#log > li").first).to_contain_text("Completed")
    with page.expect_download() as download:
        page.get_by_role("link", name="Filed document").click()
    assert download.value.suggested_filename == f"seen-by-itself-{file_id[:8]}.pdf"


def test_a_failure_says_why_and_can_be_tried_again_from_the_page(page: Page, intake: Intake, dav: Dav) -> None:
    dav.gates["team"].refuses = 2
    file_id = intake.bring(papers.printed("Refused and Tried Again", 1), "again.pdf")
    page.goto(f"{intake.url}/files/{file_id}")

    expect(page.locator("#error")).to_have_text(
        "Not sent to team: It cannot be reached, or takes nothing just now.", timeout=WAIT_MS
    )
    expect(page.locator('#uploads > li[data-name="team"] .status')).to_have_text("failure · try 2")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#doing")).to_have_text("Filed and sent", timeout=WAIT_MS)
    expect(page.locator("#error")).to_be_hidden()
    expect(page.locator("#log > li")).to_have_count(len(intake.logs(file_id)))


def test_a_file_can_be_stopped_and_tried_again_from_its_page(page: Page, intake: Intake, dav: Dav) -> None:
    dav.gates["team"].refuses = 1
    dav.gates["team"].shut()
    file_id = intake.bring(papers.printed("Stopped by Hand", 1), "stopped.pdf")
    page.goto(f"{intake.url}/files/{file_id}")
    expect(page.locator('#uploads > li[data-name="team"] .status')).to_have_text("in progress", timeout=WAIT_MS)

    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#doing")).to_have_text("Stopping")
    dav.gates["team"].open()

    expect(page.locator("#doing")).to_have_text("Stopped", timeout=WAIT_MS)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#doing")).to_have_text("Filed and sent", timeout=WAIT_MS)
    assert intake.client.post(f"/api/files/{file_id}/stop").status_code == 409


def test_what_is_no_pdf_is_refused_with_a_sentence(page: Page, intake: Intake) -> None:
    page.goto(intake.url)
    page.locator("#chosen").set_input_files([pdf(b"Dear keeper,\n", "letter.pdf")])

    expect(page.locator("#uploads")).to_contain_text("This is not a PDF: it looks like plain text.")


def test_a_file_may_be_chosen_before_it_is_known_how_large_it_may_be(page: Page, intake: Intake) -> None:
    asked: list[Route] = []
    page.route("**/api/limits", lambda route: asked.append(route))
    page.goto(intake.url)
    page.locator("#chosen").set_input_files([pdf(papers.printed("Early", 1), "early.pdf")])
    expect(page.locator("#uploads .name")).to_have_text("early.pdf")
    asked[0].continue_()

    expect(page.get_by_role("link", name="early.pdf")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#uploads > li")).to_have_count(0)


def test_a_name_with_markup_is_only_text(page: Page, intake: Intake) -> None:
    name = "<img src=x onerror=alert(1)>.pdf"
    file_id = intake.bring(papers.printed("Inert", 1), name)

    page.goto(f"{intake.url}/files/{file_id}")

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert page.locator("main img").count() == 0


def test_a_file_that_nobody_brought_has_a_page_that_says_so(intake: Intake) -> None:
    answer = intake.client.get("/files/nobody")

    assert answer.status_code == 404
    assert "There is no such file here" in answer.text


def test_the_page_works_below_a_prefix_and_on_a_telephone(browser: Browser, store: str, tmp_path: Path) -> None:
    room = Room(folder=tmp_path, store=store)
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    with room, listening(app(room), below="/intake") as url:
        page.goto(f"{url}/")
        page.locator("#chosen").set_input_files([pdf(papers.printed("Below", 1), "below.pdf")])
        page.get_by_role("link", name="below.pdf").click()

        expect(page.locator("#doing")).to_have_text("Filed and sent", timeout=WAIT_MS)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
        page.get_by_role("link", name="Intake").click()
        expect(page.locator("#files .doing")).to_have_text("Filed and sent")
        page.get_by_role("button", name="Run the sample").click()
        expect(page.locator("#files > li")).to_have_count(7)
    context.close()
