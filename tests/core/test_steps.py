"""Owns the promises about steps: entering, counting, ending and adding them while the job runs."""

from __future__ import annotations

from typing import Any

import pytest

from headway.core import commands as c
from headway.core import limits
from headway.core.errors import InvalidReport, UnknownStep
from headway.core.plan import StepSpec, parse_steps
from tests.core import jobs
from tests.core.jobs import NOW, SECOND, after, events, refused, running, types


def test_a_started_step_is_the_step_of_the_job() -> None:
    job = after(running("scan", "load"), c.StartStep(step="load"))
    step = job.steps["load"]
    assert (job.step, step.status, step.attempt, step.started_at) == ("load", "running", 1, NOW)
    [event] = events(running("scan"), c.StartStep(step="scan"))
    assert (event.type, event.step) == ("step_started", "scan")


def test_the_step_of_a_job_is_the_one_started_last_of_those_that_run() -> None:
    job = after(running("a", "b", "c"), c.StartStep(step="c"), c.StartStep(step="a"))
    assert job.step == "a"
    assert after(job, c.FinishStep(step="c")).step == "a"
    assert after(job, c.FinishStep(step="a")).step == "c"
    assert after(job, c.FinishStep(step="a"), c.FinishStep(step="c")).step is None


def test_of_those_left_the_latest_start_counts() -> None:
    job = after(running("a", "b", "c"), c.StartStep(step="b", at=NOW), c.StartStep(step="a", at=NOW - SECOND))
    job = after(job, c.StartStep(step="c"), c.FinishStep(step="c"))
    assert job.step == "b"


def test_entering_a_running_step_changes_nothing() -> None:
    job = after(running("scan"), c.StartStep(step="scan"))
    assert types(job, c.StartStep(step="scan")) == []


@pytest.mark.parametrize(
    "end", [c.FinishStep(step="scan"), c.FailStep(step="scan", error="x"), c.SkipStep(step="scan")]
)
def test_entering_a_step_again_is_a_new_attempt_of_the_step(end: c.Command) -> None:
    job = after(running("scan", "load"), c.StartStep(step="scan"), c.Update(current=3, total=10), end)
    again = after(job, c.StartStep(step="scan"), now=NOW + SECOND)
    step = again.steps["scan"]
    assert (step.status, step.attempt, step.started_at, step.finished_at) == ("running", 2, NOW + SECOND, None)
    assert (step.current, step.total, step.permille, step.error) == (0, None, None, None)
    assert again.current == 0
    assert again.permille == job.permille


def test_a_step_may_end_without_having_been_started() -> None:
    job = after(running("a", "b", "c"), c.FinishStep(step="a"), c.FailStep(step="b", error="x"), c.SkipStep(step="c"))
    assert [(step.attempt, step.started_at) for step in job.steps.values()] == [(1, NOW), (1, NOW), (0, None)]
    assert {step.finished_at for step in job.steps.values()} == {NOW}
    assert (job.current, job.total) == (3, 3)


def test_ending_a_step_twice_the_same_way_changes_nothing() -> None:
    job = after(running("a", "b", "c"), c.FinishStep(step="a"), c.FailStep(step="b", error="x"), c.SkipStep(step="c"))
    for command in (c.FinishStep(step="a"), c.FailStep(step="b", error="y"), c.SkipStep(step="c")):
        assert types(job, command) == []


def test_the_end_of_a_step_may_carry_a_message() -> None:
    job = running("a", "b", "c")
    for command in (c.FinishStep(step="a", message="ten files"), c.SkipStep(step="b", message="nothing to do")):
        [event] = events(job, command)
        assert event.message == command.message
        assert after(job, command).steps[command.step].message == command.message
    silent = after(job, c.StartStep(step="c"), c.Update(step="c", message="file 3"), c.FinishStep(step="c"))
    assert silent.steps["c"].message == "file 3"


def test_a_failed_step_keeps_its_error_and_its_event_carries_what_fits() -> None:
    job = after(running("scan"), c.FailStep(step="scan", error="x" * 4000))
    [event] = events(running("scan"), c.FailStep(step="scan", error="x" * 4000))
    assert job.steps["scan"].error == "x" * 4000
    assert event.message == "x" * 1999 + "…"
    assert job.status == "running"


def test_a_finished_step_is_whole() -> None:
    job = after(running("scan"), c.StartStep(step="scan"), c.Update(current=3, total=10), c.FinishStep(step="scan"))
    step = job.steps["scan"]
    assert (step.permille, step.current, step.total) == (1000, 3, 10)


@pytest.mark.parametrize(
    "command",
    [
        c.StartStep(step="sacn"),
        c.Advance(step="sacn"),
        c.Update(step="sacn", current=1),
        c.FinishStep(step="sacn"),
        c.FailStep(step="sacn", error="x"),
        c.SkipStep(step="sacn"),
        c.RollUp(step="sacn", current=1, total=2, permille=500),
    ],
)
def test_an_unknown_step_of_a_closed_plan_is_refused_with_those_that_there_are(command: c.Command) -> None:
    error = refused(running("scan", "load"), command)
    assert isinstance(error, UnknownStep)
    assert (error.field, error.code) == ("step", "unknown-step")
    assert "'sacn'" in error.reason
    assert "scan, load" in error.reason


@pytest.mark.parametrize("step", [None, 7, ["scan"], {"name": "scan"}, b"scan"])
def test_a_step_that_is_not_text_is_refused(step: Any) -> None:
    for job in (running("scan"), running("scan", open=True)):
        for command in (c.StartStep(step=step), c.FinishStep(step=step), c.SkipStep(step=step)):
            error = refused(job, command)
            assert isinstance(error, InvalidReport)
            assert error.field == "step"


def test_an_open_plan_gains_the_step_that_is_entered() -> None:
    job = running("scan", open=True)
    assert types(job, c.StartStep(step="verify")) == ["steps_added", "step_started"]
    added = after(job, c.StartStep(step="verify"))
    assert (list(added.steps), added.plan_rev, added.total) == (["scan", "verify"], 2, 2)
    assert isinstance(refused(job, c.FinishStep(step="verify")), UnknownStep)
    assert "control characters" in str(refused(job, c.StartStep(step="a\nb")))


def test_added_steps_come_at_the_end_and_are_asked_for_once() -> None:
    job = running("scan", open=True)
    specs = parse_steps(["verify", {"name": "upload", "weight": 3, "group": "uploads"}])
    [event] = events(job, c.AddSteps(steps=specs))
    assert (event.type, event.detail) == ("steps_added", {"count": 2, "steps": ["verify", "upload"]})
    added = after(job, c.AddSteps(steps=specs))
    assert [(s.name, s.position, s.group) for s in added.steps.values()] == [
        ("scan", 1, "main"),
        ("verify", 2, "main"),
        ("upload", 3, "uploads"),
    ]
    assert types(added, c.AddSteps(steps=specs)) == []
    assert list(after(added, c.AddSteps(steps=(*specs, StepSpec(name="tidy")))).steps)[-1] == "tidy"
    assert after(added, c.AddSteps(steps=(*specs, StepSpec(name="tidy")))).plan_rev == 3


def test_however_many_steps_are_added_their_event_stays_within_the_limits_of_a_detail() -> None:
    specs = parse_steps([f"{i:04}" + "ä" * 96 for i in range(limits.STEPS_MAX)])
    [event] = events(running(), c.AddSteps(steps=specs))
    assert limits.document("detail", event.detail) == event.detail
    assert event.detail["count"] == len(event.steps) == limits.STEPS_MAX


def test_a_closed_plan_takes_no_more_steps() -> None:
    error = refused(running("scan"), c.AddSteps(steps=(StepSpec(name="verify"),)))
    assert isinstance(error, UnknownStep)
    assert error.field == "steps"
    assert "'verify'" in error.reason
    assert types(running("scan"), c.AddSteps(steps=(StepSpec(name="scan"),))) == []


def test_a_job_has_at_most_so_many_steps() -> None:
    job = running(*(f"s{i}" for i in range(limits.STEPS_MAX)), open=True)
    assert f"at most {limits.STEPS_MAX}" in str(refused(job, c.StartStep(step="one more")))


def test_added_steps_share_the_plans_way_of_counting() -> None:
    ranged, weighted = running(("scan", 0, 50), open=True), running("scan", open=True)
    in_range = StepSpec(name="load", low=50, high=100)
    assert "needs a range" in str(refused(ranged, c.StartStep(step="load")))
    assert "not a range" in str(refused(weighted, c.AddSteps(steps=(in_range,))))
    assert after(ranged, c.AddSteps(steps=(in_range,)), c.StartStep(step="load")).permille == 500


def test_a_step_stands_for_its_child_jobs() -> None:
    job = after(running("index", "report"), c.StartStep(step="index"))
    half = after(job, c.RollUp(step="index", current=1, total=3, permille=500))
    step = half.steps["index"]
    assert (step.current, step.total, step.unit, step.permille) == (1, 3, "jobs", 500)
    assert (half.permille, half.last_progress_at) == (250, NOW)
    assert types(half, c.RollUp(step="index", current=1, total=3, permille=500)) == []
    more = after(half, c.RollUp(step="index", current=1, total=9, permille=200))
    assert (more.steps["index"].total, more.steps["index"].permille) == (9, 500)
    done = after(half, c.RollUp(step="index", current=4, total=3, permille=1000))
    assert (done.steps["index"].current, done.steps["index"].permille, done.permille) == (3, 1000, 500)


def test_children_are_counted_while_the_parent_waits_for_them() -> None:
    job = after(running("index"), c.StartStep(step="index"), c.Wait(reason="child"))
    rolled = after(job, c.RollUp(step="index", current=1, total=2, permille=500))
    assert (rolled.status, rolled.reason, rolled.permille) == ("waiting", "child", 500)


@pytest.mark.parametrize("field", ["current", "total", "permille"])
def test_counts_of_children_are_whole_numbers(field: str) -> None:
    job = after(running("index"), c.StartStep(step="index"))
    counts: dict[str, Any] = {"current": 1, "total": 2, "permille": 500, field: -1}
    error = refused(job, c.RollUp(step="index", **counts))
    assert isinstance(error, InvalidReport)
    assert error.field == field


def test_statuses_are_spelled_as_people_read_them() -> None:
    job = after(jobs.in_phase("running"), c.FinishStep(step="scan"))
    assert jobs.statuses(job) == {"scan": "succeeded", "load": "pending", "store": "pending"}
