"""A worker goes on with a job where another one left it, or begins with it; what has ended is nobody's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import headway
from headway import aio
from headway.core.errors import StoreUnavailable, StoreUnusable, UnknownJob
from headway.reporting import default
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


@pytest.fixture
def _default(reporter: Reporter) -> Iterator[None]:
    """The module-level calls report to the moody store."""
    before = default.default_reporter.replace(reporter)
    yield
    default.default_reporter.replace(before)


def killed(store: MoodyStore, folder: Path) -> str:
    """A job whose worker died in its second step."""
    dead = Reporter(StoreLink(store), spool=folder / "dead", flush_s=0.02)
    job = dead.start("report", steps=["scan", "render"])
    job.step("scan")
    job.step("render")
    dead.drop(job._producer)
    return job.id


def test_a_pending_job_is_begun_and_ends_with_its_with(reporter: Reporter) -> None:
    pending = reporter.create("report")
    job = reporter.resume(pending.id)
    assert job is not None
    with job:
        job.result = 3
    assert (job.attempt, job.snapshot()["status"], job.snapshot()["result"]) == (1, "succeeded", 3)


def test_a_running_job_goes_on_in_its_attempt_and_is_ended_by_who_resumed_it(
    reporter: Reporter, store: MoodyStore, tmp_path: Path
) -> None:
    left = killed(store, tmp_path)
    job = reporter.resume(left)
    assert job is not None
    with pytest.raises(ZeroDivisionError), job:
        assert [step["status"] for step in job.snapshot()["steps"]] == ["succeeded", "running"]
        raise ZeroDivisionError("no pages")
    seen = reporter.get(left)
    assert (seen["attempt"], seen["status"], seen["error"]) == (1, "failed", "no pages")


def test_a_job_whose_retry_is_due_starts_its_next_attempt(reporter: Reporter) -> None:
    first = reporter.start("report")
    first.retry("the far side is away")
    job = reporter.resume(first.id)
    assert job is not None
    assert job.attempt == 2


def test_with_takeover_the_running_attempt_is_superseded(reporter: Reporter, store: MoodyStore, tmp_path: Path) -> None:
    job = reporter.resume(killed(store, tmp_path), takeover=True)
    assert job is not None
    assert (job.attempt, [step["status"] for step in job.snapshot()["steps"]]) == (2, ["pending", "pending"])


def test_a_job_that_has_ended_is_none(reporter: Reporter) -> None:
    with reporter.start("report") as ended:
        pass
    assert reporter.resume(ended.id) is None


def test_without_a_wait_a_store_that_is_away_is_an_error(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.create("report")
    store.away = True
    with pytest.raises(StoreUnavailable):
        reporter.resume(job.id)


def test_it_waits_for_the_store_and_goes_on_when_that_is_back(
    reporter: Reporter, store: MoodyStore, caplog: pytest.LogCaptureFixture
) -> None:
    job = reporter.create("report")
    store.away = True
    threading.Timer(0.05, setattr, (store, "away", False)).start()
    resumed = reporter.resume(job.id, wait_s=60, again_s=0.01)
    assert resumed is not None
    told = [line.getMessage() for line in caplog.records if "waits for" in line.getMessage()]
    assert len(told) == 1, "however often it asks"


def test_it_waits_no_longer_than_it_may(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.create("report")
    store.away = True
    with pytest.raises(StoreUnavailable):
        reporter.resume(job.id, wait_s=0.05, again_s=0.01)


def test_who_waits_is_stopped_by_an_event(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.create("report")
    store.away = True
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    with pytest.raises(StoreUnavailable):
        reporter.resume(job.id, wait_s=float("inf"), stop=stop)


def test_a_job_that_is_not_there_is_not_waited_for(reporter: Reporter) -> None:
    with pytest.raises(UnknownJob):
        reporter.resume("01a2035f-9807-7a50-b61d-46426580fc66", wait_s=60)


def test_a_store_that_somebody_must_repair_is_not_waited_for(
    reporter: Reporter, store: MoodyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(job_id: str) -> None:
        raise StoreUnusable(store.url, "is damaged")

    monkeypatch.setattr(store, "load", damaged)
    with pytest.raises(StoreUnusable):
        reporter.resume("01a2035f-9807-7a50-b61d-46426580fc66", wait_s=60)


@pytest.mark.usefixtures("_default")
def test_the_module_level_call_is_the_same(reporter: Reporter) -> None:
    job = headway.resume(reporter.create("report").id)
    assert job is not None
    job.succeed()
    assert headway.resume(job.id) is None


@pytest.mark.usefixtures("_default")
async def test_async_code_goes_on_with_a_job(reporter: Reporter, store: MoodyStore, tmp_path: Path) -> None:
    job = await aio.resume(killed(store, tmp_path))
    assert job is not None
    async with job:
        assert aio.current() is job
        async with job.step("render"):
            pass
    assert reporter.get(job.id)["status"] == "succeeded"
    assert await aio.resume(job.id) is None


@pytest.mark.usefixtures("_default")
async def test_async_code_waits_for_the_store_without_a_thread(reporter: Reporter, store: MoodyStore) -> None:
    pending = reporter.create("report")
    store.away = True
    asyncio.get_running_loop().call_later(0.05, setattr, store, "away", False)
    job = await aio.resume(pending.id, wait_s=60, again_s=0.01)
    assert job is not None
    store.away = True
    with pytest.raises(StoreUnavailable):
        await aio.resume(pending.id, wait_s=0.03, again_s=0.01)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, stop.set)
    with pytest.raises(StoreUnavailable):
        await aio.resume(pending.id, wait_s=float("inf"), stop=stop)


@pytest.mark.usefixtures("_default")
async def test_a_task_that_is_cancelled_while_it_takes_a_job_leaves_it_to_the_next(
    reporter: Reporter, store: MoodyStore
) -> None:
    pending = reporter.create("report")
    store.hold = threading.Event()
    taking = asyncio.create_task(aio.resume(pending.id))
    await asyncio.to_thread(store.entered.wait, 10)
    taking.cancel()
    asyncio.get_running_loop().call_soon(store.hold.set)
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert reporter.get(pending.id)["status"] == "running"
    eventually(lambda: not reporter._flusher._held())
