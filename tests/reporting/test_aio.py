"""Async code has the same handles, and its loop never waits for a store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from headway import aio
from headway.core.errors import Cancelled, UnknownJob
from headway.reporting import default
from headway.reporting.handle import JobHandle
from headway.testing import recording


@pytest.fixture(autouse=True)
def _own_store() -> Iterator[None]:
    with recording():
        yield


async def test_leaving_succeeds_and_the_loop_of_a_step_counts() -> None:
    async with aio.start("report", steps=["render", "mail"]) as job:
        assert aio.current() is job
        async for _ in job.track([1, 2, 3], step="render"):
            await asyncio.sleep(0)
        async with job.step("mail") as step:
            step.advance(2)
        await job.note("done")
        job.result = {"pages": 3}
    seen = await job.snapshot()
    assert (seen["status"], seen["result"], seen["progress"]["percent"]) == ("succeeded", {"pages": 3}, 100.0)
    assert [step["current"] for step in seen["steps"]] == [3, 2]
    assert aio.current() is None


async def test_an_exception_fails_the_job() -> None:
    with pytest.raises(ValueError, match="blank"):
        async with aio.start("report") as job:
            raise ValueError("page 3 is blank")
    assert (await job.snapshot())["error"] == "page 3 is blank"


async def test_an_async_iterable_is_counted_and_its_error_fails_the_step() -> None:
    async def rows() -> AsyncIterator[int]:
        yield 1
        raise OSError("the link is down")

    with pytest.raises(OSError, match="down"):
        async with aio.start("report") as job:
            async for _ in job.track(rows(), step="read"):
                pass
    step = (await job.snapshot())["steps"][0]
    assert (step["status"], step["current"]) == ("failed", 1)


@pytest.mark.parametrize("entered", [True, False], ids=["with", "await"])
async def test_a_task_that_is_cancelled_while_it_starts_a_job_leaves_none_running(
    entered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting, go = threading.Event(), threading.Event()
    start = default.start

    def slow(kind: str, **given: Any) -> JobHandle:
        starting.set()
        assert go.wait(10)
        return start(kind, **given)

    async def work() -> None:
        if not entered:
            await aio.start("report")
        async with aio.start("report"):
            raise AssertionError("never entered")

    monkeypatch.setattr(default, "start", slow)
    task = asyncio.create_task(work())
    await asyncio.to_thread(starting.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(go.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    [job] = await aio.jobs()
    assert (job["status"], job["error"]) == ("failed", "CancelledError")
    assert aio.current() is None


async def test_a_task_that_is_cancelled_while_a_start_fails_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    starting, go = threading.Event(), threading.Event()

    def failing(kind: str, **given: Any) -> JobHandle:
        starting.set()
        assert go.wait(10)
        raise UnknownJob("x")

    async def work() -> None:
        await aio.start("report")

    monkeypatch.setattr(default, "start", failing)
    task = asyncio.create_task(work())
    await asyncio.to_thread(starting.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(go.set)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_that_is_cancelled_still_tells_how_it_ended() -> None:
    started = asyncio.Event()
    held: list[aio.AsyncJob] = []

    async def work() -> None:
        async with aio.start("report") as job:
            held.append(job)
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await held[0].snapshot())["status"] == "failed"


async def test_a_cancel_is_raised_where_the_work_counts() -> None:
    with pytest.raises(Cancelled):
        async with aio.start("report") as job:
            await asyncio.to_thread(job.job.cancel)
            while True:
                await asyncio.sleep(0)
                job.advance()
    assert (await job.snapshot())["status"] == "cancelled"


async def test_a_job_can_be_awaited_and_kept_without_a_with() -> None:
    job = await aio.start("report")
    await job.succeed(3)
    assert (await job.snapshot())["result"] == 3


async def test_two_tasks_have_their_own_current_job() -> None:
    async def work(kind: str) -> str:
        async with aio.start(kind):
            await asyncio.sleep(0)
            current = aio.current()
            assert current is not None
            return current.job.kind

    assert list(await asyncio.gather(work("a"), work("b"))) == ["a", "b"]
