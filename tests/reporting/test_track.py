"""Loops that report themselves: what counts, and how they end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import headway
from headway.reporting.reporter import Reporter
from tests.waiting import eventually


def test_a_loop_that_is_exhausted_succeeds_as_a_step(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        assert list(job.track("abc", step="render", unit="pages")) == ["a", "b", "c"]
        step = job.snapshot()["steps"][0]
    assert (step["status"], step["current"], step["total"], step["unit"]) == ("succeeded", 3, 3, "pages")


def test_an_item_counts_when_its_turn_is_over(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        seen = []
        for _ in job.track(range(3)):
            job.flush()
            seen.append(job.snapshot()["progress"]["current"])
    assert seen == [0, 1, 2]


def test_a_total_that_nobody_knows_is_no_percent(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        for _ in job.track(letter for letter in "abc"):
            job.flush()
            assert job.snapshot()["progress"]["percent"] is None
            assert job.snapshot()["progress"]["total"] is None


def test_an_exception_of_the_iterable_fails_the_step(reporter: Reporter) -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"), reporter.start("report") as job:
        for _ in job.track(broken(), step="read"):
            pass
    seen = job.snapshot()
    assert (seen["steps"][0]["status"], seen["steps"][0]["error"]) == ("failed", "the disk is gone")


def test_a_break_leaves_the_step_open_until_the_next_step(reporter: Reporter) -> None:
    with reporter.start("report", steps=["scan", "load"]) as job:
        for item in job.track(range(10), step="scan"):
            if item == 4:
                break
        assert job.snapshot()["steps"][0]["status"] == "running"
        job.step("load")
        scan = job.snapshot()["steps"][0]
        assert (scan["status"], scan["current"]) == ("succeeded", 4)


def test_outside_any_job_it_is_just_a_loop(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(headway.track(range(3))) == [0, 1, 2]
    assert list(headway.track(range(3), step="x", bar=True)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_the_module_level_loop_counts_in_the_current_job(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        for _ in headway.track(range(5), step="render"):
            pass
        assert job.snapshot()["steps"][0]["current"] == 5


def test_a_nested_loop_is_a_step_of_its_own(reporter: Reporter) -> None:
    with reporter.start("report", steps=["outer", "inner"]) as job, job.step("outer") as outer:
        for _ in range(2):
            for _ in job.track(range(3), step="inner"):
                pass
            outer.advance()
    steps = {step["name"]: step for step in job.snapshot()["steps"]}
    assert (steps["outer"]["current"], steps["inner"]["current"], steps["inner"]["attempt"]) == (2, 3, 2)


def test_a_long_loop_is_seen_while_it_runs(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        for item in job.track(range(1000), unit="rows"):
            if item == 500:
                eventually(lambda: job.snapshot()["progress"]["current"] == 500)
    assert job.snapshot()["progress"] == {
        "current": 1000,
        "total": 1000,
        "unit": "rows",
        "percent": 100.0,
        "plan_rev": 1,
    }
