"""What the pages share, called in a real browser: how numbers, steps and estimates are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.examples.documents.serving import Room


@pytest.fixture(scope="module")
def page(browser: Browser, room: Room) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{room.url}/documents/nobody")
    yield page
    page.close()


def call(page: Page, module: str, function: str, *arguments: Any) -> Any:
    return page.evaluate(
        "async ([module, name, args]) => (await import(`/page/${module}.js`))[name](...args)",
        [module, function, list(arguments)],
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0.0 %"),
        (57.3, "57.3 %"),
        (57.39, "57.3 %"),
        (0.7, "0.7 %"),
        (99.9, "99.9 %"),
        (99.99, "99.9 %"),
        (100, "100.0 %"),
    ],
)
def test_a_percent_has_one_decimal_and_is_never_rounded_up(page: Page, value: float, said: str) -> None:
    assert call(page, "house/words", "percent", value) == said


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (-50, "0 s"),
        (0, "0 s"),
        (59_999, "59 s"),
        (61_000, "1 min 1 s"),
        (3_600_000, "1 h 0 min"),
        (7_320_000, "2 h 2 min"),
    ],
)
def test_a_duration_counts_what_is_full(page: Page, ms: int, said: str) -> None:
    assert call(page, "house/words", "duration", ms) == said


def test_an_estimate_that_has_passed_is_not_counted_down_below_nothing(page: Page) -> None:
    eta = {"at": "2026-11-22T07:00:00Z", "low": "2026-11-22T06:59:50Z", "high": "2026-11-22T07:00:30Z"}
    at = page.evaluate("Date.parse('2026-11-22T07:00:00Z')")

    assert call(page, "house/words", "timeLeft", eta, at - 4500) == "about 5 s left"
    assert call(page, "house/words", "timeLeft", eta, at + 1000) == "nearly there"
    assert call(page, "house/words", "timeLeft", eta, at + 31_000) == "taking longer than expected"
    assert call(page, "house/words", "timeLeft", {"at": None, "basis": "none"}, at) is None
    assert call(page, "house/words", "timeLeft", None, at) is None


def test_a_step_that_nobody_planned_for_reads_just_as_well(page: Page) -> None:
    assert call(page, "house/words", "stepName", "reading_the_barcodes") == "Reading the barcodes"


@pytest.mark.parametrize(
    ("health", "said"),
    [
        ("ok", ""),
        ("lost", "Its worker is gone"),
        ("stalled", "No progress for unusually long"),
        ("slow", "Slower than usual"),
    ],
)
def test_a_stuck_job_says_what_is_wrong_with_it(page: Page, health: str, said: str) -> None:
    assert call(page, "house/job-words", "trouble", {"health": health}) == said
