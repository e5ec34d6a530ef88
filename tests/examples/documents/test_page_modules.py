"""The page's modules, called in a real browser: how numbers are said, and what a copy of the jobs believes."""

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


def job(version: int, percent: float, **more: Any) -> dict[str, Any]:
    steps = [{"name": "starting", "position": 0, "status": "running", "current": 0}]
    return {
        "id": "a",
        "status": "running",
        "version": version,
        "progress": {"percent": percent},
        "steps": steps,
        **more,
    }


def believed(page: Page, frames: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = page.evaluate(
        """async (frames) => {
            const { Mirror } = await import("/page/mirror.js");
            const mirror = new Mirror();
            for (const [name, content] of frames) mirror.take(name, content);
            return [...mirror.jobs];
        }""",
        [list(frame) for frame in frames],
    )
    return jobs


def test_a_frame_that_was_overtaken_changes_nothing(page: Page) -> None:
    assert believed(page, [("snapshot", job(5, 40.0)), ("state", job(4, 30.0))]) == [job(5, 40.0)]


def test_an_event_changes_the_header_and_only_the_steps_it_names(page: Page) -> None:
    header = {
        "status": "running",
        "percent": 12.0,
        "progress": {"percent": 12.0},
        "version": 6,
        "steps": [
            {"name": "starting", "status": "succeeded"},
            {"name": "later", "position": 1, "status": "pending", "current": 0},
        ],
    }

    [after] = believed(page, [("snapshot", job(5, 2.0)), ("event", {"job_id": "a", "seq": 3, "job": header})])

    assert (after["version"], after["progress"]["percent"]) == (6, 12.0)
    assert after["steps"] == [
        {"name": "starting", "position": 0, "status": "succeeded", "current": 0},
        {"name": "later", "position": 1, "status": "pending", "current": 0},
    ]


def test_after_a_reset_only_what_was_sent_again_is_left(page: Page) -> None:
    frames = [
        ("snapshot", job(9, 90.0)),
        ("snapshot", job(9, 90.0, id="b")),
        ("reset", {"reason": "epoch"}),
        ("snapshot", job(3, 10.0)),
        ("synced", {"cursor": "x"}),
    ]

    assert believed(page, frames) == [job(3, 10.0)], "also where the store was put back to an older state"
