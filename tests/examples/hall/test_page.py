"""The hall's page in a real browser: every sample to its end, files where they fall, an honest connection."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from examples.hall.applications import APPLICATIONS
from examples.house import papers
from examples.proposals import plan as proposals
from examples.proposals.letters import letters as letters_of
from tests.examples.hall.serving import expected
from tests.examples.tabs import Opened, drop, live, opening
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.examples.documents.serving import Room

PATIENCE_MS = 90_000
ENDS = (("succeeded", "done"), ("failed", "failed"))
NAMES = [application.name for application in APPLICATIONS]
EVENTS = re.compile("/headway/v1/events")


@pytest.fixture
def opened(browser: Browser, served: Room) -> Iterator[Opened]:
    expect.set_options(timeout=PATIENCE_MS)  # of the whole process: others have set theirs
    with opening(browser, served.url, patience_ms=PATIENCE_MS) as opened:
        yield opened


def card(page: Page, name: str) -> Locator:
    return page.locator(f".card[data-application={name}]")


def row(page: Page, name: str) -> Locator:
    return page.locator(".row", has=page.get_by_role("link", name=name, exact=True))


def jobs(served: Room, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = served.client.get("/headway/v1/jobs", params={"kind": kind}).json()["items"]
    return found


def reports(served: Room) -> list[dict[str, Any]]:
    """A file of intake's sample that is not broken, each time that it was taken in as new."""
    return [job for job in jobs(served, "intake") if job["labels"]["file"] == "dredging-report.pdf"]


def test_every_sample_runs_live_to_the_end_that_it_should_have(opened: Opened, served: Room) -> None:
    page = opened()
    live(page)
    expect(page.locator(".card h2")).to_have_text([application.title for application in APPLICATIONS])
    page.evaluate(
        """() => {
            window.percents = {};
            new MutationObserver((changes) => changes.forEach(({ target }) => {
                const told = target.getAttribute?.("aria-valuenow");
                const id = target.closest?.("#under-way .row")?.dataset.job;
                if (id && told) (window.percents[id] ??= []).push(Number(told));
            })).observe(document.getElementById("under-way"), { subtree: true, attributes: true });
        }"""
    )

    for name in NAMES:
        card(page, name).get_by_role("button", name="Run the sample").click()

    for name, status in expected().items():
        expect(page.locator("#ended").locator(row(page, name))).to_have_attribute("data-status", status, timeout=60_000)
    expect(row(page, "sealed-minutes.pdf")).to_contain_text("This PDF is locked with a password")
    expect(row(page, "the-harbour-log.pdf")).to_contain_text("3,000 pages")
    expect(page.locator("#under-way-nothing")).to_be_visible()
    for application in APPLICATIONS:
        counts = Counter(job["status"] for kind in application.kinds for job in jobs(served, kind))
        words = ", ".join(f"{counts[status]} {word}" for status, word in ENDS if counts[status])
        expect(card(page, application.name).locator(".line")).to_have_text(f"lately {words}")
    assert {job["status"] for kind in proposals.KINDS for job in jobs(served, kind)} == {"succeeded"}
    expect(row(page, "Tree of harbour")).to_contain_text(re.compile(r"\d+ blocks with \d+ nodes"))
    expect(row(page, "tide-tables.pdf")).to_contain_text("filed, and sent to archive, bookkeeping")
    picture = row(page, "lighthouse.jpg").locator("img")
    assert picture.evaluate("image => (image.loading = 'eager', image.decode().then(() => image.naturalWidth))") > 0
    percents = page.evaluate("Object.values(window.percents)")
    assert max(len(set(each)) for each in percents) > 5, "it moved while one could watch"
    assert all(each == sorted(each) for each in percents), "it never went back"


def test_a_pdf_that_falls_on_documents_is_read_and_its_page_is_one_click_away(opened: Opened) -> None:
    page = opened()
    live(page)

    drop(page, ".card[data-application=documents] .zone p", papers.printed("Mooring Plan", 3), "dropped.pdf")

    expect(page.locator("#ended").locator(row(page, "dropped.pdf"))).to_contain_text("3 pages")
    row(page, "dropped.pdf").get_by_role("link").click()
    expect(page).to_have_url(re.compile("/documents/documents/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped.pdf")
    expect(page.locator("#text")).to_contain_text("Mooring Plan")
    assert page.locator("#thumbnail").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("link", name="Documents").click()
    live(page)
    expect(page.get_by_role("link", name="dropped.pdf")).to_be_visible()
    page.get_by_role("link", name="All jobs").click()
    expect(page).to_have_url(re.compile("/documents/headway/"))


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_an_application_asks_for_nothing_outside_of_its_prefix(
    opened: Opened, served: Room, name: str
) -> None:
    page = opened(f"/{name}/")
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))

    page.reload(wait_until="load")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert any("/page/" in url for url, _status in answers)
    assert [url for url, _status in answers if not url.startswith(f"{served.url}/{name}/")] == []
    assert [(url, status) for url, status in answers if status >= 400] == []


def test_a_file_of_the_wrong_type_is_refused_in_the_applications_own_words(opened: Opened) -> None:
    page = opened()
    live(page)

    drop(page, ".card[data-application=documents]", b"Dear keeper, the light is out.\n", "letter.txt")
    expect(card(page, "documents").locator(".upload")).to_contain_text("This is not a PDF: it looks like plain text.")
    card(page, "documents").get_by_role("button", name="Dismiss").click()
    expect(card(page, "documents").locator(".upload")).to_have_count(0)

    drop(page, ".card[data-application=images]", b"Dear keeper, the light is out.\n", "not-a-drawing.jpg")
    expect(page.locator("#ended").locator(row(page, "not-a-drawing.jpg"))).to_contain_text(
        "This is not a picture that can be taken here"
    )


def test_texts_that_fall_together_are_one_job_and_what_is_no_text_is_refused(opened: Opened, served: Room) -> None:
    page = opened()
    live(page)
    before = len(jobs(served, proposals.PROPOSALS))

    drop(page, ".card[data-application=proposals]", bytes(range(256)), "photo.jpg")
    expect(card(page, "proposals").locator(".upload")).to_contain_text("“photo.jpg” is empty or no text.")
    letters = [(f"{number:03}.txt", letter.text) for number, letter in enumerate(letters_of(1), 1)]
    files = [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in letters[:40]]
    with page.expect_file_chooser() as chooser:
        card(page, "proposals").get_by_role("button", name="Choose texts for Proposals").click()
    chooser.value.set_files(files)  # type: ignore[arg-type]  # its payloads are dictionaries

    expect(page.locator("#ended").locator(row(page, "40 texts for harbour"))).to_contain_text("Done")
    assert len(jobs(served, proposals.PROPOSALS)) == before + 1


def test_a_pdf_that_is_brought_again_is_known_and_so_is_the_whole_sample(opened: Opened, served: Room) -> None:
    page = opened()
    live(page)
    sample = card(page, "intake").get_by_role("button", name="Run the sample")
    remark = card(page, "intake").locator(".remark")
    sample.click()
    eventually(lambda: reports(served), within_s=60)
    expect(sample).to_be_enabled()
    eventually(lambda: {job["status"] for job in jobs(served, "intake")} == {"succeeded", "failed"}, within_s=60)
    expect(page.locator("#under-way-nothing")).to_be_visible()

    sample.click()

    expect(remark).to_have_text("What had been brought before is known and stays as it is.")
    assert len(reports(served)) == 1


def test_a_file_that_falls_beside_the_cards_goes_nowhere_and_the_page_stays(opened: Opened) -> None:
    page = opened()
    live(page)

    drop(page, "h1", papers.printed("Mooring Plan", 1), "astray.pdf")

    expect(page.locator("#announcer")).to_have_text("Drop it on one of the applications.")
    expect(page.locator(".upload")).to_have_count(0)


def test_everything_on_it_is_reached_by_keyboard(opened: Opened) -> None:
    page = opened()
    live(page)
    reached: list[str] = []
    while f"Run the sample of {APPLICATIONS[-1].title}" not in reached[-1:]:
        page.keyboard.press("Tab")
        here = page.evaluate("[document.activeElement.ariaLabel, document.activeElement.textContent]")
        reached.append(here[0] or here[1])
        assert len(reached) < 50

    for application in APPLICATIONS:
        title = application.title
        assert {title, f"Choose {application.takes} for {title}", f"Run the sample of {title}"} <= set(reached)
    page.get_by_role("button", name="Choose PDFs for Documents").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "by-keyboard.pdf", "mimeType": "", "buffer": papers.printed("By Keyboard", 1)})
    expect(page.locator("#ended").locator(row(page, "by-keyboard.pdf"))).to_contain_text("1 page")


def test_where_no_stream_gets_through_it_says_that_it_asks_instead(opened: Opened) -> None:
    page = opened()
    live(page)

    def no_streams(route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            route.fulfill(status=200, body="<h1>Wait</h1>", content_type="text/html")
        else:
            route.continue_()

    page.route(EVENTS, no_streams)
    page.reload()
    expect(page.locator("#connection")).to_have_text("Asking every few seconds")
    page.unroute(EVENTS)
    live(page)


def test_a_network_that_goes_and_comes_is_told(opened: Opened) -> None:
    page = opened()
    live(page)
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_text("Connection lost, trying again…")
    page.context.set_offline(False)
    live(page)


def test_nothing_is_wider_than_a_phone(opened: Opened, served: Room) -> None:
    name = "a-very-long-name-without-any-space-" * 3 + ".pdf"
    form = {"file": (name, papers.printed("Mooring Plan", 2), "application/pdf")}
    served.ended(served.client.post("/documents/api/documents", files=form).json()["job_id"])
    page = opened(viewport={"width": 360, "height": 700})
    expect(page.locator("#ended .row").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_who_wants_no_motion_gets_none(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    live(page)
    drop(page, ".card[data-application=documents]", papers.printed("The Harbour Log", 300), "still.pdf")

    expect(row(page, "still.pdf").locator(".fill")).to_have_css("transition-duration", "0s")
    expect(page.locator("#ended").locator(row(page, "still.pdf"))).to_contain_text("300 pages")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_told_from_the_paper_by_day_and_by_night(opened: Opened, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    live(page)
    ratios = page.evaluate(
        """() => {
            const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            const light = (colour) => {
                canvas.fillStyle = colour;
                canvas.fillRect(0, 0, 1, 1);
                const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((each) => each / 255)
                    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const behind = (element) => {
                for (let at = element; at; at = at.parentElement) {
                    const colour = getComputedStyle(at).backgroundColor;
                    if (colour !== "rgba(0, 0, 0, 0)") return colour;
                }
            };
            const words = ".card h2 a, .does, .zone p, .sample, .lead, .line, h1, .connection";
            return [...document.querySelectorAll(words)].map((element) => {
                const both = [light(getComputedStyle(element).color), light(behind(element))];
                return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
            });
        }"""
    )
    assert len(ratios) >= 5 * len(NAMES)
    assert min(ratios) >= 4.5
