"""A job that goes forward only: what lies behind is refused, and what is done once more is not told once more."""

from __future__ import annotations

import pytest

from headway import aio
from headway.core.errors import BackwardStep, Cancelled, UnknownStep
from headway.reporting.handle import JobHandle
from headway.reporting.reporter import Reporter
from headway.testing import recording
from tests.reporting.stores import MoodyStore

STEPS = ["scan", "render", "mail"]


def types(store: MoodyStore, job_id: str) -> list[str]:
    return [f"{event.type} {event.step}" for event in store.history(job_id, limit=1000) if event.step]


@pytest.fixture
def resumed(reporter: Reporter) -> JobHandle:
    """A job that its first worker left in the second of three steps."""
    first = reporter.start("report", steps=STEPS)
    first.step("scan")
    first.step("render").update(current=3, total=10)
    first.detach()
    job = reporter.resume(first.id)
    assert job is not None
    return job.forward_only()


def test_an_earlier_step_is_an_error_that_says_where_the_job_is(reporter: Reporter) -> None:
    job = reporter.start("report", steps=STEPS).forward_only()
    job.step("render")
    before = job.snapshot()
    with pytest.raises(BackwardStep, match="goes forward only") as refused:
        job.step("scan")
    assert (refused.value.step, refused.value.reached) == ("scan", "render")
    assert job.snapshot() == before


def test_steps_may_be_left_out_and_entered_again(reporter: Reporter) -> None:
    job = reporter.start("report", steps=STEPS).forward_only()
    for name in ("scan", "mail", "mail"):
        job.step(name)
    job.succeed()
    assert [step["status"] for step in job.snapshot()["steps"]] == ["succeeded", "skipped", "succeeded"]


def test_a_step_beside_the_others_is_free(reporter: Reporter) -> None:
    job = reporter.start("report", steps=STEPS).forward_only()
    job.step("mail")
    job.step("scan", parallel=True)
    assert [step["status"] for step in job.snapshot()["steps"]] == ["running", "pending", "running"]


def test_a_step_that_is_not_in_the_plan_is_refused_as_ever(reporter: Reporter) -> None:
    job = reporter.start("report", steps=STEPS).forward_only()
    with pytest.raises(UnknownStep):
        job.step("polish")
    job.step("scan")


def test_steps_that_come_while_it_runs_are_ahead(reporter: Reporter) -> None:
    job = reporter.start("report").forward_only()
    for name in ("one", "two"):
        job.step(name)
    with pytest.raises(BackwardStep):
        job.step("one")


def test_what_was_told_before_is_done_once_more_and_not_told(
    resumed: JobHandle, reporter: Reporter, store: MoodyStore
) -> None:
    before = resumed.snapshot()
    with resumed.step("scan") as step:
        step.advance(5)
        step.update(message="once more")
    resumed.flush()
    assert resumed.snapshot() == before
    assert reporter.counts().counted == 0
    assert reporter.unsent(resumed.id) == []


def test_a_loop_that_is_done_once_more_is_not_told_either(resumed: JobHandle) -> None:
    before = resumed.snapshot()
    assert list(resumed.track(range(3), step="scan")) == [0, 1, 2]
    resumed.flush()
    assert resumed.snapshot() == before


def test_from_the_furthest_step_on_everything_is_told(resumed: JobHandle, store: MoodyStore) -> None:
    for name in STEPS:
        resumed.step(name).update(current=9, total=10)
    resumed.succeed()
    assert [step["current"] for step in resumed.snapshot()["steps"]] == [0, 9, 9]
    assert types(store, resumed.id)[3:] == ["step_succeeded render", "step_started mail", "step_succeeded mail"]


def test_an_earlier_step_is_an_error_also_while_work_is_repeated(reporter: Reporter) -> None:
    first = reporter.start("report", steps=STEPS)
    first.step("mail")
    first.detach()
    job = reporter.resume(first.id)
    assert job is not None
    job.forward_only().step("render")
    with pytest.raises(BackwardStep):
        job.step("scan")


def test_repeated_work_hears_that_it_should_stop(resumed: JobHandle, reporter: Reporter) -> None:
    step = resumed.step("scan")
    reporter.cancel(resumed.id)
    with pytest.raises(Cancelled):
        resumed.note("hello")
        resumed.note("hello again")
    with pytest.raises(Cancelled):
        step.advance()
    with pytest.raises(Cancelled):
        resumed.step("scan").advance()


async def test_async_code_goes_forward_too() -> None:
    with recording():
        async with aio.start("report", steps=STEPS) as job:
            await job.forward_only()
            await job.step("render")
            with pytest.raises(BackwardStep):
                await job.step("scan")
