"""Owns the proof that a subscriber within a process is told what a stream tells, whatever the store does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import headway
from headway import aio
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.stores.protocol import Delta
from headway.stores.reach import Reach
from headway.testing import recording
from headway.watching.change import Change
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


class Away(MoodyStore):
    """A store that cannot be followed either while it is away."""

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        self._check()
        return super().delta(after, limit=limit)


class Told:
    """What a subscriber was told."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.thread: str | None = None

    def __call__(self, change: Change) -> None:
        self.thread = threading.current_thread().name
        self.changes.append(change)

    def names(self) -> list[str]:
        return [change["event"] for change in self.changes]

    def seqs(self, job_id: str) -> list[int]:
        entries = [change["data"] for change in self.changes if change["event"] == "event"]
        return [entry["seq"] for entry in entries if entry["job_id"] == job_id]

    def last(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(c["data"] for c in reversed(self.changes) if c["event"] == name)
        return found


@pytest.fixture
def store() -> Away:
    return Away()


@pytest.fixture
def reporter(store: Away, tmp_path: Path) -> Iterator[Reporter]:
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=0.02) as reporter:
        yield reporter
        store.away = False


def test_snapshots_come_first_and_then_every_entry_in_order(reporter: Reporter) -> None:
    told = Told()
    before = reporter.start("report")
    with headway.subscribe(told, reporter=reporter):
        eventually(lambda: "synced" in told.names())
        assert told.names() == ["snapshot", "synced"]
        job = reporter.start("report", steps=["scan"])
        for number in range(50):
            job.note(f"note {number}")
        job.succeed()
        eventually(lambda: len(told.seqs(job.id)) == 54)
    assert told.seqs(job.id) == list(range(1, 55))
    assert told.seqs(before.id) == []
    assert told.last("event")["job"]["percent"] == 100.0
    assert threading.current_thread().name != told.thread


def test_an_entry_tells_when_its_job_will_end(reporter: Reporter) -> None:
    told = Told()
    with headway.subscribe(told, reporter=reporter):
        job = reporter.start("report", steps=["scan", "load"])
        eventually(lambda: told.seqs(job.id) == [1, 2])
        job.step("scan", at=datetime.now(UTC) - timedelta(minutes=2)).succeed()
        eventually(lambda: told.seqs(job.id) == [1, 2, 3, 4])
        assert told.last("event")["job"]["eta"] == reporter.get(job.id)["eta"] is not None
        job.succeed()
        eventually(lambda: told.last("event")["type"] == "succeeded")
        assert told.last("event")["job"]["eta"] is None


def test_ticks_come_as_states(reporter: Reporter) -> None:
    told = Told()
    job = reporter.start("report")
    with headway.subscribe(told, id=job.id, reporter=reporter):
        eventually(lambda: "synced" in told.names())
        job.update(current=3, total=10)
        eventually(lambda: "state" in told.names())
    assert told.last("state")["progress"]["percent"] == 30.0


def test_a_subscription_to_one_job_ends_with_it(reporter: Reporter) -> None:
    told, ended = Told(), Told()
    job = reporter.start("report")
    with headway.subscribe(told, id=job.id, reporter=reporter) as subscription:
        job.succeed()
        assert subscription.wait(10)
    assert told.last("end") == {"job_id": job.id, "status": "succeeded"}
    assert told.names()[-1] == "end"
    with headway.subscribe(ended, id=job.id, reporter=reporter) as after:
        assert after.wait(10)
    assert ended.names() == ["snapshot", "end"]


def test_only_what_was_asked_for_is_told(reporter: Reporter) -> None:
    told = Told()
    with headway.subscribe(told, project=["a", "b"], kind="report", reporter=reporter):
        eventually(lambda: "synced" in told.names())
        others = [reporter.start("report", project="c"), reporter.start("index", project="a")]
        own = reporter.start("report", project="b")
        eventually(lambda: len(told.seqs(own.id)) == 2)
    assert [told.seqs(job.id) for job in others] == [[], []]


def test_after_an_outage_it_goes_on_without_a_gap(
    reporter: Reporter, store: Away, caplog: pytest.LogCaptureFixture
) -> None:
    told = Told()
    job = reporter.start("report")
    with headway.subscribe(told, id=job.id, reporter=reporter):
        eventually(lambda: "synced" in told.names())
        job.note("before")
        eventually(lambda: told.seqs(job.id) == [3])
        store.away = True
        assert job.note("meanwhile") == "spooled"
        store.away = False
        job.note("after")
        eventually(lambda: told.seqs(job.id)[-1:] == [5])
    assert told.seqs(job.id) == [3, 4, 5]
    assert "reset" not in told.names()
    assert len([line for line in caplog.records if line.levelname == "WARNING"]) == 1, "one outage, one line"


def test_it_begins_as_soon_as_the_store_is_there(reporter: Reporter, store: Away) -> None:
    told = Told()
    job = reporter.start("report")
    snapshot, failed = store.snapshot, threading.Event()

    def away(*given: Any, **named: Any) -> Any:
        failed.set()
        store._check()
        return snapshot(*given, **named)

    store.snapshot = away  # type: ignore[method-assign]  # a store that cannot even be read when it is first asked
    store.away = True
    with headway.subscribe(told, reporter=reporter):
        assert failed.wait(10)
        store.away = False
        eventually(lambda: told.names() == ["snapshot", "synced"])
    job.succeed()


def test_a_subscriber_that_fails_is_told_the_next_change(reporter: Reporter, caplog: pytest.LogCaptureFixture) -> None:
    told = Told()

    def failing(change: Change) -> None:
        told(change)
        raise ValueError("a subscriber's own fault")

    with headway.subscribe(failing, reporter=reporter):
        reporter.start("report").succeed()
        eventually(lambda: "succeeded" in [change["data"].get("type") for change in told.changes])
    assert caplog.text.count("a subscriber failed") == 1


def test_a_slow_subscriber_holds_up_no_report_and_misses_nothing(reporter: Reporter) -> None:
    told, go = Told(), threading.Event()

    def slow(change: Change) -> None:
        assert go.wait(10)
        told(change)

    with headway.subscribe(slow, reporter=reporter):
        job = reporter.start("report")
        for number in range(2_000):
            job.note(f"note {number}")
        assert told.changes == []
        go.set()
        eventually(lambda: told.seqs(job.id)[-1:] == [2_002])
    seqs = told.seqs(job.id)
    assert seqs == list(range(seqs[0], 2_003))


def test_nothing_is_told_after_it_was_closed(reporter: Reporter) -> None:
    told = Told()
    subscription = headway.subscribe(told, reporter=reporter)
    eventually(lambda: "synced" in told.names())
    subscription.close()
    heard = len(told.changes)
    reporter.start("report").succeed()
    assert len(told.changes) == heard
    assert subscription.closed


def test_a_callback_may_close_its_own_subscription(reporter: Reporter) -> None:
    held: list[headway.Subscription] = []
    told, ready = Told(), threading.Event()

    def once(change: Change) -> None:
        assert ready.wait(10)
        told(change)
        held[0].close()

    held.append(headway.subscribe(once, reporter=reporter))
    ready.set()
    assert held[0].wait(10)
    assert len(told.changes) == 1


async def test_async_code_iterates_over_the_changes() -> None:
    with recording():
        async with aio.start("report") as job:
            await job.note("so far")
            async with aio.subscribe(id=job.id, waiting_max=1) as changes:
                names = []
                async for change in changes:
                    names.append(change["event"])
                    if change["event"] == "synced":
                        await job.succeed()
    assert names == ["snapshot", "synced", "event", "end"]


async def test_async_code_may_leave_while_changes_wait() -> None:
    with recording():
        async with aio.start("report") as job, aio.subscribe(waiting_max=1) as changes:
            for number in range(20):
                await job.note(f"note {number}")
            assert (await anext(changes))["event"] == "snapshot"
