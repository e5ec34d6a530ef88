"""Owns the promises about batches: all or nothing, fenced by the attempt, and a refused item has its index."""

from __future__ import annotations

import pytest

from headway.core import commands as c
from headway.core.errors import Fenced, HeadwayError, IllegalTransition, InvalidReport, UnknownStep
from headway.core.job import Job
from headway.core.rules import apply, decide, report
from tests.core import jobs
from tests.core.jobs import NOW, after


def test_a_batch_is_its_items_one_after_the_other() -> None:
    job = jobs.running("scan", "load")
    items = (c.StartStep(step="scan"), c.Advance(delta=3), c.FinishStep(step="scan"))
    reported, changes = report(job, 1, items, NOW)
    assert reported == after(job, *items)
    assert [change.version for change in changes] == [3, 4, 5]


def test_an_empty_batch_is_legal_in_every_phase() -> None:
    for phase in jobs.PHASES:
        job = jobs.in_phase(phase)
        assert report(job, job.attempt, (), NOW) == (job, ())


@pytest.mark.parametrize(
    ("items", "index", "error"),
    [
        ((c.Advance(step="load"), c.Note(message="x")), 0, IllegalTransition),
        ((c.StartStep(step="scan"), c.Advance(delta=-1), c.Succeed()), 1, InvalidReport),
        ((c.Note(message="x"), c.Note(message="y"), c.StartStep(step="sacn")), 2, UnknownStep),
        ((c.Succeed(), c.Note(message="too late")), 1, IllegalTransition),
    ],
)
def test_a_refused_item_carries_its_index_and_nothing_of_its_batch_is_done(
    items: tuple[c.Report, ...], index: int, error: type[HeadwayError]
) -> None:
    job = jobs.running("scan", "load")
    with pytest.raises(error) as caught:
        report(job, 1, items, NOW)
    assert caught.value.index == index
    assert caught.value.fields()["index"] == index
    assert job == jobs.running("scan", "load")


@pytest.mark.parametrize("items", [(), (c.Note(message="x"),), (c.Advance(delta=-1),)])
def test_an_older_attempt_is_fenced_whatever_it_says(items: tuple[c.Report, ...]) -> None:
    job = after(jobs.running("scan"), c.Attach(takeover=True))
    with pytest.raises(Fenced) as caught:
        report(job, 1, items, NOW)
    assert (caught.value.job_id, caught.value.attempt, caught.value.current) == (job.id, 1, 2)
    assert caught.value.index is None


@pytest.mark.parametrize("phase", ["retrying", "succeeded", "failed", "cancelled"])
def test_an_attempt_that_ended_is_not_fenced_but_refused(phase: str) -> None:
    with pytest.raises(IllegalTransition):
        report(jobs.in_phase(phase), 1, (c.Note(message="x"),), NOW)


def test_an_attempt_that_has_not_begun_is_refused() -> None:
    with pytest.raises(InvalidReport, match="attempt: 2 has not begun, the job is at attempt 1"):
        report(jobs.running("scan"), 2, (), NOW)


def test_deciding_is_applying_without_the_state() -> None:
    job: Job = jobs.in_phase("running")
    command = c.FinishStep(step="scan")
    assert decide(job, command, NOW) == apply(job, command, NOW)[1]


def test_it_happened_when_it_says_and_is_recorded_when_it_came() -> None:
    job = jobs.running("scan")
    [event] = jobs.events(job, c.StartStep(step="scan", at=NOW - 5))
    assert (event.at, event.recorded_at) == (NOW - 5, NOW)
    started = after(job, c.StartStep(step="scan", at=NOW - 5))
    assert (started.steps["scan"].started_at, started.updated_at) == (NOW - 5, NOW)


@pytest.mark.parametrize("at", [-1, 2**53, True, 1.5, "2026-11-22T06:35:52Z", 10**5000], ids=range(6))
def test_a_time_that_is_none_is_refused(at: int) -> None:
    error = jobs.refused(jobs.running("scan"), c.StartStep(step="scan", at=at))
    assert isinstance(error, InvalidReport)
    assert error.field == "at"
