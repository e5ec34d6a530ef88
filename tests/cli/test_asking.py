"""`headway cancel` and `headway retry`: what is asked, and what is answered."""

from __future__ import annotations

from headway.core import commands as c
from tests.cli.conftest import Program, Works

STORES = ("sqlite", "postgres")


def test_a_running_job_is_asked_to_stop(works: Works, headway: Program) -> None:
    job_id = works.job()
    answer = headway("cancel", job_id[:20])
    assert answer.status == 0
    assert answer.output == f"index {job_id[:13]} was asked to stop; it is running until its worker answers\n"
    assert works.state(job_id).cancel_requested_at is not None
    assert works.state(job_id).status == "running"


def test_a_job_that_nobody_works_on_is_cancelled_at_once(works: Works, headway: Program) -> None:
    job_id = works.job(running=False)
    assert "is cancelled; nobody was working on it" in headway("cancel", job_id).output
    assert works.state(job_id).status == "cancelled"


def test_several_jobs_are_asked_at_once_or_none_of_them(works: Works, headway: Program) -> None:
    one, two = works.job(), works.job()
    assert headway("cancel", one, "ffffffff", two).status == 2
    assert works.state(one).cancel_requested_at is None
    assert [job["id"] for job in headway("cancel", one, two, "--json").values] == [one, two]


def test_a_failed_job_is_reopened(works: Works, headway: Program) -> None:
    job_id = works.ended("failed")
    assert "waits for attempt 2, which begins with its first step" in headway("retry", job_id).output
    assert (works.state(job_id).status, works.state(job_id).reason) == ("waiting", "retry")
    assert not works.state(job_id).keep_steps


def test_a_retry_from_the_failed_step_keeps_the_others(works: Works, headway: Program) -> None:
    job_id = works.job("scan", "load")
    works.report(job_id, c.StartStep(step="scan"), c.FinishStep(step="scan"), c.Fail(error="disk full"))
    assert "keeps the steps that succeeded" in headway("retry", job_id, "--from-failed").output
    works.committer.attach(job_id, producer="w", lease=None)
    assert works.state(job_id).steps["scan"].status == "succeeded"


def test_what_cannot_be_asked_is_refused_in_one_line(works: Works, headway: Program) -> None:
    ended, running = works.ended("succeeded"), works.job()
    for answer in (headway("cancel", ended), headway("retry", running)):
        assert (answer.status, answer.output) == (2, "")
        assert answer.errors.startswith("headway: cannot re")
        assert answer.errors.count("\n") == 1
