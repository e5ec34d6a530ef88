"""Owns the proof that everybody can use the page: by keyboard, by ear, on a phone, in the dark, without motion."""

from __future__ import annotations

import re

import pytest

from tests.page.modules import PAGE
from tests.page.processes import Worker
from tests.page.sight import Desk, Tab

PHONE = {"width": 320, "height": 640}
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"


def rendering(worker: Worker, subject: str) -> str:
    """A running job at 40 %."""
    job = worker.does("start", kind="report", subject=subject, steps=["read", ("render", 4)])
    worker.does("step", name="render")
    worker.does("update", current=1, total=4, unit="pages", message="page one of a long and winding story " * 6)
    return job


def test_the_keyboard_alone_finds_a_job_stops_it_and_leads_back(desk: Desk, worker: Worker) -> None:
    job = rendering(worker, "by-keyboard")
    tab = desk.open().live()
    keys = tab.page.keyboard
    keys.press("/")
    keys.type("by-keyboard")
    tab.expect(tab.row(job)).to_be_visible()
    keys.press("ArrowDown")
    tab.expect(tab.row(job).get_by_role("link")).to_be_focused()
    keys.press("Enter")
    tab.live().expect(tab.page.get_by_role("heading", level=1)).to_contain_text("by-keyboard")
    keys.press("Tab")
    tab.expect(tab.button("Cancel…")).to_be_focused()
    keys.press("Enter")
    tab.expect(tab.button("Ask it to stop")).to_be_focused()
    keys.press("Enter")
    tab.expect(tab.find(".head .status")).to_have_text("Running, asked to stop")
    tab.expect(tab.button("Asked to stop")).to_have_attribute("aria-disabled", "true")
    worker.does("stop_when_asked")
    tab.expect(tab.find(".head .status")).to_have_text("Cancelled")
    keys.press("Escape")
    tab.expect(tab.row(job).get_by_role("link")).to_be_focused()
    tab.expect(tab.row(job).get_by_role("link")).to_have_accessible_name("Cancelled: report by-keyboard")


def test_the_question_can_be_taken_back(desk: Desk, worker: Worker) -> None:
    tab = desk.open(f"#/jobs/{rendering(worker, 'kept')}").live()
    tab.button("Cancel…").press("Enter")
    tab.page.keyboard.press("Escape")
    tab.expect(tab.page.get_by_role("dialog")).to_be_hidden()
    tab.expect(tab.button("Cancel…")).to_be_focused()
    tab.expect(tab.find(".head .status")).to_have_text("Running")


def test_a_failed_job_is_tried_again_from_the_page(desk: Desk, worker: Worker) -> None:
    job = rendering(worker, "again")
    worker.does("fail", error="out of paper")
    tab = desk.open(f"#/jobs/{job}")
    tab.button("Retry from the failed step").click()
    tab.live().expect(tab.find(".head .status")).to_have_text("Waiting for its next attempt")
    worker.does("attach", id=job)
    tab.expect(tab.find(".head .status")).to_have_text("Running")
    tab.expect(tab.find(".head")).to_contain_text("attempt 2")


def test_arrow_keys_walk_the_list_and_every_line_can_be_reached(desk: Desk, worker: Worker) -> None:
    jobs = [worker.does("create", kind="walk", subject=str(number)) for number in range(3)]
    tab = desk.open("#/?search=walk").live()
    newest_first = [tab.row(job).get_by_role("link") for job in reversed(jobs)]
    newest_first[0].focus()
    for link in newest_first[1:]:
        tab.page.keyboard.press("ArrowDown")
        tab.expect(link).to_be_focused()
    tab.page.keyboard.press("Home")
    tab.expect(newest_first[0]).to_be_focused()


def test_the_focus_stays_on_a_job_that_moves_to_another_section(desk: Desk, worker: Worker) -> None:
    job = rendering(worker, "moving")
    tab = desk.open().live()
    tab.row(job).get_by_role("link").focus()
    worker.does("succeed")
    ended = tab.page.get_by_role("region", name="Ended").get_by_role("link", name="Succeeded: report moving")
    tab.expect(ended).to_be_focused()


def test_the_skip_button_leads_past_the_head(desk: Desk) -> None:
    tab = desk.open().live()
    tab.page.keyboard.press("Tab")
    tab.expect(tab.button("Skip to the content")).to_be_focused()
    tab.page.keyboard.press("Enter")
    tab.expect(tab.page.get_by_role("main")).to_be_focused()


def test_an_ear_hears_how_far_a_job_is_and_how_it_ends(desk: Desk, worker: Worker) -> None:
    tab = desk.open(f"#/jobs/{rendering(worker, 'heard')}").live()
    tab.expect(tab.bar()).to_have_accessible_name("Progress of report heard")
    tab.expect(tab.bar()).to_have_attribute("aria-valuetext", "20 percent, 0 of 2 steps")
    worker.does("fail", error="out of paper")
    tab.expect(tab.find("[aria-live=polite].unseen")).to_have_text("Failed, 20 percent")


def test_the_page_has_its_landmarks_and_one_heading_of_the_first_rank(desk: Desk, worker: Worker) -> None:
    tab = desk.open(f"#/jobs/{rendering(worker, 'landmarks')}").live()
    for role in ("banner", "main", "contentinfo", "complementary"):
        tab.expect(tab.page.get_by_role(role)).to_have_count(1)
    tab.expect(tab.page.get_by_role("heading", level=1)).to_have_count(1)
    tab.go("#/").live().expect(tab.page.get_by_role("heading", level=1)).to_have_count(1)


def test_a_phone_never_scrolls_sideways(desk: Desk, worker: Worker) -> None:
    job = rendering(worker, "x" * 180)
    worker.does("fail", error="y" * 900)
    for place in ("#/", f"#/jobs/{job}"):
        tab = desk.open(place, viewport=PHONE)
        tab.expect(tab.find("main")).to_contain_text("xxx")
        content, window = tab.page.evaluate(WIDTHS)
        assert content <= window, place


def test_motion_stops_for_those_who_ask(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="crawl")
    worker.does("update", current=3)
    fill = "getComputedStyle(document.querySelector('.bar .fill')).animationName"

    def animation(tab: Tab) -> str:
        tab.live().expect(tab.bar()).to_be_visible()
        return str(tab.page.evaluate(fill))

    assert animation(desk.open(f"#/jobs/{job}")) == "drift"
    assert animation(desk.open(f"#/jobs/{job}", reduced_motion="reduce")) == "none"


def tokens(scheme: int) -> dict[str, str]:
    """The colours of the light (0) or the dark (1) scheme."""
    parts = (PAGE / "style" / "tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", parts[scheme]))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_the_contrast_that_it_needs(scheme: int) -> None:
    colours = tokens(scheme)
    for text in ("ink", "ink-2", "ink-3", "run", "ok", "bad", "warn", "idle"):
        for ground in ("paper", "sunk", "raised", "bad-wash", "warn-wash"):
            one, two = sorted((luminance(colours[text]), luminance(colours[ground])))
            assert (two + 0.05) / (one + 0.05) >= 4.5, f"{text} on {ground}"
