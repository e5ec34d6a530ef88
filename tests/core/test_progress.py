"""Owns the promises about counts and percent: what moves them, what holds them, and how they are rounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core import commands as c
from headway.core import limits
from headway.core.changes import Tick
from headway.core.errors import InvalidReport
from headway.core.job import Job
from headway.core.percent import of_counts
from headway.core.plan import StepSpec
from tests.core import jobs
from tests.core.jobs import NOW, SECOND, after, events, refused, running, types


def permille(job: Job, *commands: c.Command) -> int | None:
    return after(job, *commands).permille


def test_progress_is_a_tick_and_no_history() -> None:
    job = after(running("scan"), c.StartStep(step="scan"))
    [tick] = jobs.changes(job, c.Advance(delta=3))
    assert isinstance(tick, Tick)
    ticked = after(job, c.Advance(delta=3))
    assert (ticked.version, ticked.seq) == (job.version + 1, job.seq)
    assert ticked.steps["scan"].current == 3


def test_advance_adds_and_update_sets() -> None:
    job = after(running(), c.Advance(), c.Advance(delta=4), c.Advance(delta=0))
    assert job.current == 5
    assert after(job, c.Update(current=3)).current == 3


def test_without_a_total_the_percent_is_unknown_and_not_0() -> None:
    job = after(running(), c.Advance(delta=5))
    assert (job.permille, job.total) == (None, None)
    assert permille(job, c.Update(total=20)) == 250
    assert permille(running(), c.Update(total=0)) is None
    step = after(running("scan"), c.StartStep(step="scan"), c.Advance(delta=5)).steps["scan"]
    assert (step.permille, step.total) == (None, None)


def test_a_count_beyond_its_total_shows_that_the_total_was_an_estimate() -> None:
    job = after(running(), c.Update(current=8, total=10), c.Advance(delta=5))
    assert (job.current, job.total, job.permille) == (13, 13, 999)
    assert after(running(), c.Update(total=10), c.Update(current=12)).total == 12
    assert after(job, c.Update(total=5)).total == 13


def test_the_percent_holds_when_the_total_grows_or_the_count_falls() -> None:
    job = after(running(), c.Update(current=5, total=10))
    assert permille(job, c.Update(total=100)) == 500
    assert permille(job, c.Update(current=1)) == 500
    assert permille(job, c.Update(total=100), c.Update(current=51)) == 510


def test_percent_has_one_decimal_and_is_rounded_down() -> None:
    assert permille(running(), c.Update(current=2, total=3)) == 666
    assert permille(running(), c.Update(current=9999, total=10_000)) == 999
    thirds = after(running("a", "b", "c"), c.FinishStep(step="a"))
    assert thirds.permille == 333
    assert permille(thirds, c.FinishStep(step="b")) == 666


def test_it_is_99_9_until_success_says_otherwise() -> None:
    assert permille(running(), c.Update(current=10, total=10)) == 999
    done = after(running("a", "b"), c.FinishStep(step="a"), c.FinishStep(step="b"))
    assert (done.permille, done.current, done.total) == (999, 2, 2)
    assert permille(done, c.Succeed()) == 1000


def test_a_step_that_has_counted_everything_stands_at_its_whole_range() -> None:
    weighted = after(running("a", "b"), c.StartStep(step="a"), c.Update(current=10, total=10))
    assert (weighted.permille, weighted.steps["a"].permille, weighted.steps["a"].status) == (500, 1000, "running")
    ranged = after(running(("a", 30, 70), ("b", 80, 80)), c.StartStep(step="a"), c.Update(current=40, total=40))
    assert ranged.permille == 700
    assert permille(ranged, c.FinishStep(step="a")) == 700
    assert permille(ranged, c.FailStep(step="a", error="x"), c.Fail(error="x")) == 700
    last = after(running("a"), c.StartStep(step="a"), c.Update(current=10, total=10))
    assert (last.permille, last.steps["a"].permille) == (999, 1000)


def test_steps_that_are_added_to_one_that_has_counted_everything_share_what_remains() -> None:
    job = after(running("a", "b", open=True), c.StartStep(step="a"), c.Update(current=10, total=10))
    added = after(job, c.AddSteps(steps=(StepSpec(name="c"),)))
    assert (added.permille, permille(added, c.FinishStep(step="a"))) == (500, 500)
    assert permille(added, c.FinishStep(step="b")) == 750


def test_a_success_without_any_count_is_100() -> None:
    assert permille(running(), c.Succeed()) == 1000


def test_weights_share_the_percent() -> None:
    job = running("scan", ("extract", 8), "load")
    assert permille(job, c.FinishStep(step="scan")) == 100
    assert permille(job, c.FinishStep(step="extract")) == 800
    assert permille(job, c.StartStep(step="extract"), c.Update(current=1, total=2)) == 400
    assert permille(job, c.SkipStep(step="extract")) == 800


def test_steps_in_parallel_add_up() -> None:
    job = after(running("a", "b"), c.StartStep(step="a"), c.StartStep(step="b"))
    job = after(job, c.Update(step="a", current=1, total=2), c.Update(step="b", current=1, total=4))
    assert job.permille == 375


def test_a_step_entered_again_holds_the_percent_until_it_has_caught_up() -> None:
    job = after(running("a", "b"), c.FinishStep(step="a"), c.StartStep(step="a"))
    assert job.permille == 500
    assert permille(job, c.Update(current=1, total=2)) == 500
    assert permille(job, c.FinishStep(step="a"), c.StartStep(step="b"), c.Update(current=1, total=2)) == 750


def test_a_failed_step_moves_nothing_by_itself_and_has_nothing_left_when_others_go_on() -> None:
    job = after(running("a", "b"), c.StartStep(step="a"), c.Update(current=1, total=2))
    failed = after(job, c.FailStep(step="a", error="x"))
    assert (job.permille, failed.permille) == (250, 250)
    assert permille(failed, c.StartStep(step="b")) == 500


@pytest.mark.parametrize("shown", [0, 333, 500, 999])
def test_added_steps_hold_the_percent_and_divide_what_remains(shown: int) -> None:
    job = after(running("a", open=True), c.StartStep(step="a"), c.Update(current=shown, total=1000))
    added = after(job, c.AddSteps(steps=(StepSpec(name="b"), StepSpec(name="c", weight=2))))
    assert (job.permille, added.permille) == (shown, shown)
    left = {name: (s.high - s.low) * (1 - (s.permille or 0) / 1000) for name, s in added.steps.items()}
    assert sum(left.values()) == pytest.approx(100 - shown / 10)
    assert left["c"] == pytest.approx(2 * left["b"])
    assert left["a"] == pytest.approx((1 - shown / 1000) * left["b"])
    ended = after(added, c.FinishStep(step="a"), c.FinishStep(step="b"), c.FinishStep(step="c"))
    assert ended.permille == 999


def test_added_steps_carry_the_new_bounds_of_every_open_step() -> None:
    job = after(running("a", "b", open=True), c.FinishStep(step="a"))
    [event] = events(job, c.AddSteps(steps=(StepSpec(name="c"),)))
    assert event.job["plan_rev"] == 2
    assert event.steps["b"] == {"low": 50.0, "high": 75.0}
    assert (event.steps["c"]["low"], event.steps["c"]["high"]) == (75.0, 100.0)
    assert "a" not in event.steps


def test_steps_added_after_all_others_ended_share_the_last_tenth() -> None:
    job = after(running("a", open=True), c.FinishStep(step="a"), c.AddSteps(steps=(StepSpec(name="b"),)))
    assert job.permille == 999
    assert permille(job, c.FinishStep(step="b")) == 999


def test_the_first_steps_of_a_job_without_any_take_over_the_count() -> None:
    job = after(running(), c.Update(current=5, total=10, unit="files"), c.AddSteps(steps=(StepSpec(name="a"),)))
    assert (job.current, job.total, job.unit, job.permille) == (0, 1, None, 500)
    assert permille(job, c.StartStep(step="a"), c.Update(current=1, total=2)) == 750
    assert after(running(), c.StartStep(step="a")).permille == 0


RANGED = (("scan", 0, 10), ("extract", 10, 80), ("store", 85, 100))


def test_a_started_step_puts_the_percent_into_its_range() -> None:
    job = running(*RANGED)
    assert permille(job, c.StartStep(step="extract")) == 100
    assert permille(job, c.StartStep(step="extract"), c.Update(current=1, total=2)) == 450
    assert permille(job, c.StartStep(step="scan"), c.Update(current=1, total=4)) == 25
    assert permille(job, c.FinishStep(step="extract")) == 800
    assert permille(job, c.StartStep(step="store")) == 850


def test_a_failed_step_stays_where_it_was_in_its_range() -> None:
    job = after(running(*RANGED), c.StartStep(step="extract"), c.Update(current=1, total=2))
    assert permille(job, c.FailStep(step="extract", error="x")) == 450
    assert permille(job, c.FailStep(step="extract", error="x"), c.StartStep(step="store")) == 850


def test_a_skipped_range_is_passed_when_the_percent_comes_to_it() -> None:
    job = after(running(*RANGED), c.StartStep(step="scan"), c.Update(current=1, total=2), c.SkipStep(step="extract"))
    assert job.permille == 50
    assert permille(job, c.FinishStep(step="scan")) == 800
    assert permille(running(*RANGED), c.SkipStep(step="scan")) == 100
    assert permille(running(*RANGED), c.SkipStep(step="store"), c.StartStep(step="scan")) == 0


def test_without_a_name_counts_mean_the_running_step_and_the_message_means_the_job() -> None:
    job = after(running("a", "b"), c.StartStep(step="b"))
    named = after(job, c.Update(current=1, total=4, unit="files", message="file 1"))
    step = named.steps["b"]
    assert (step.current, step.total, step.unit, step.message) == (1, 4, "files", None)
    assert (named.message, named.unit, named.current, named.total) == ("file 1", None, 0, 2)
    apart = after(job, c.Update(message="file 1"), c.Update(current=1, total=4, unit="files"))
    assert (apart.message, apart.steps["b"].current, apart.steps["b"].message) == ("file 1", 1, None)
    assert after(job, c.Update(step="b", message="file 2")).steps["b"].message == "file 2"
    assert after(job, c.Advance(delta=2)).steps["b"].current == 2


@pytest.mark.parametrize("command", [c.Advance(), c.Update(current=1), c.Update(total=1), c.Update(unit="files")])
def test_a_count_needs_a_running_step_where_there_are_steps(command: c.Command) -> None:
    error = refused(running("a"), command)
    assert isinstance(error, InvalidReport)
    assert error.field == "step"
    assert permille(running("a"), c.Update(message="getting ready")) == 0


def test_an_update_of_nothing_changes_nothing() -> None:
    assert types(running(), c.Update()) == []


def test_a_message_is_no_progress() -> None:
    job = after(running("a"), c.StartStep(step="a"))
    for command in (c.Update(message="still at it"), c.Update(step="a", message="still at it")):
        assert after(job, command, now=NOW + SECOND).last_progress_at == NOW
    assert after(job, c.Advance(), now=NOW + SECOND).last_progress_at == NOW + SECOND
    assert after(running(), c.Update(current=0), now=NOW + SECOND).last_progress_at == NOW + SECOND


def test_counts_have_a_largest_number() -> None:
    job = after(running(), c.Update(current=limits.COUNT_MAX))
    error = refused(job, c.Advance())
    assert isinstance(error, InvalidReport)
    assert error.field == "current"


def test_a_count_above_the_total_of_the_same_update_is_refused() -> None:
    error = refused(running(), c.Update(current=11, total=10))
    assert isinstance(error, InvalidReport)
    assert (error.field, "11 is more than the total 10" in error.reason) == ("current", True)


NO_COUNTS = [-1, 2**53, 2**63, -(10**400), True, 1.0, float("nan"), float("inf"), "3", [3]]


@pytest.mark.parametrize("value", NO_COUNTS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("field", ["current", "total", "delta"])
def test_counts_are_whole_numbers_of_a_bounded_size(field: str, value: Any) -> None:
    error = refused(running(), c.Advance(delta=value) if field == "delta" else c.Update(**{field: value}))
    assert isinstance(error, InvalidReport)
    assert error.field == field


@given(
    st.integers(0, 2**53 - 1), st.integers(1, 2**53 - 1), st.none() | st.integers(0, 999), st.sampled_from([999, 1000])
)
def test_counts_make_a_percent_that_holds_what_was_shown(
    current: int, total: int, before: int | None, most: int
) -> None:
    shown = of_counts(min(current, total), total, before, most)
    assert shown is not None
    assert (before or 0) <= shown <= most
    assert shown == (before or 0) or shown * total <= min(current, total) * 1000
