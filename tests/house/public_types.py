"""Owns what a type checker sees in a user's program: mypy and pyright read this file, nobody runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

import headway
import headway.aio


def a_worker(pages: list[bytes]) -> None:
    with headway.start("report", project="acme", steps=["scan", ("extract", 8), "load"]) as job:
        assert_type(job, headway.JobHandle)
        assert_type(job.id, str)
        assert_type(job.attempt, int | None)
        assert_type(job.cancelled, bool)
        for page in job.track(pages, step="scan", unit="pages"):
            assert_type(page, bytes)
        with job.step("extract") as step:
            assert_type(step, headway.StepHandle)
            step.advance()
            step.update(current=1, total=2, message="page 1")
        job.advance(2)
        job.update(message="nearly there")
        assert_type(job.note("found a table", detail={"page": 3}, at=datetime.now(UTC)), str)
        assert_type(job.add_steps(["index"]), str)
        assert_type(job.child("thumbnail"), headway.JobHandle)
        job.result = {"pages": 3}


def the_ends_of_a_job(job: headway.JobHandle) -> None:
    assert_type(job.wait("input"), str)
    assert_type(job.retry("the far side is away", after=timedelta(minutes=1), keep_steps=True), str)
    assert_type(job.succeed({"pages": 3}), str)
    assert_type(job.fail(ValueError("no pages")), str)


def another_process(job_id: str) -> None:
    assert_type(headway.attach(job_id, takeover=True), headway.JobHandle)
    assert_type(headway.create("report"), headway.JobHandle)
    assert_type(headway.resume(job_id, wait_s=60), headway.JobHandle | None)
    assert_type(headway.current(), headway.JobHandle | None)
    assert_type(headway.get(job_id), dict[str, Any])
    assert_type(headway.cancel(job_id), dict[str, Any])
    assert_type(headway.retry(job_id), dict[str, Any])
    with headway.connect("https://progress.example") as reporter:
        assert_type(reporter, headway.Reporter)
        assert_type(reporter.start("report"), headway.JobHandle)
        assert_type(reporter.counts().reports, int)


def a_loop() -> None:
    for number in headway.track(range(3), bar=True):
        assert_type(number, int)


def what_can_be_raised(job_id: str) -> None:
    try:
        headway.attach(job_id)
    except headway.UnknownJob as error:
        assert_type(error.job_id, str)
    except (headway.Cancelled, headway.Fenced, headway.StoreUnavailable) as error:
        assert_type(error, headway.Cancelled | headway.Fenced | headway.StoreUnavailable)


async def async_code(pages: AsyncIterator[bytes]) -> None:
    async with headway.aio.start("report") as job:
        assert_type(job, headway.aio.AsyncJob)
        async for page in job.track(pages, step="render"):
            assert_type(page, bytes)
        async with job.step("load") as step:
            assert_type(step, headway.aio.AsyncStep)
        assert_type(await job.succeed(), str)
