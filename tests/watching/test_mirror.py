"""Owns the proof that a mirror answers for the store, also while that is away, and lets ended jobs go in time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import headway
from headway.core.errors import StoreUnavailable, UnknownJob
from headway.core.job import Job
from headway.hub.frames import Payload
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.watching.mirror import Mirror
from headway.watching.shelf import Shelf
from tests.clock import Clock
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


class Counted(MoodyStore):
    """A store that counts how often a job was loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = 0

    def load(self, job_id: str) -> Job | None:
        self.loads += 1
        return super().load(job_id)


@pytest.fixture
def store() -> Counted:
    return Counted()


@pytest.fixture
def reporter(store: Counted, tmp_path: Path) -> Iterator[Reporter]:
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=0.02) as reporter:
        yield reporter
        store.away = False


@pytest.fixture
def mirror(reporter: Reporter, clock: Clock) -> Iterator[Mirror]:
    with headway.mirror(reporter=reporter, monotonic=clock) as mirror:
        yield mirror


def test_what_this_process_reports_is_read_without_the_store(
    mirror: Mirror, reporter: Reporter, store: Counted
) -> None:
    job = reporter.start("report", steps=["scan", "load"])
    for name in ("scan", "load"):
        job.step(name)
        loads = store.loads
        assert mirror.get(job.id)["step"] == name, "at once, whatever the subscription has heard"
        assert store.loads == loads
    assert mirror.get(job.id) == reporter.get(job.id)


def test_what_is_in_memory_can_be_asked_for_alone(
    mirror: Mirror, reporter: Reporter, store: Counted, clock: Clock
) -> None:
    job = reporter.start("report")
    assert mirror.known(job.id) == mirror.get(job.id)
    job.succeed()
    clock.now += 30
    loads = store.loads
    assert mirror.known(job.id) is None
    assert store.loads == loads
    assert mirror.get(job.id)["status"] == "succeeded"


def test_what_others_report_is_seen_too(mirror: Mirror, store: Counted, tmp_path: Path) -> None:
    with Reporter(StoreLink(store), spool=tmp_path / "other") as other:
        job = other.start("report")
        job.note("hello")
        eventually(lambda: job.id in mirror and mirror.get(job.id)["seq"] == 3)
        loads = store.loads
        mirror.get(job.id)
        assert store.loads == loads
        assert [each["id"] for each in mirror.jobs()] == [job.id]
        job.succeed()


def test_no_values_are_made_that_nobody_is_told(
    mirror: Mirror, store: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(Payload, "value")
    with Reporter(StoreLink(store), spool=tmp_path / "other") as other:
        job = other.start("report")
        job.note("hello")
        eventually(lambda: (mirror.known(job.id) or {}).get("seq") == 3)
        job.succeed()
    assert caplog.text == ""


@pytest.mark.parametrize(("fails", "stays_s"), [(False, 30), (True, 60)])
def test_an_ended_job_leaves_in_time_and_is_read_from_the_store(
    mirror: Mirror, reporter: Reporter, clock: Clock, fails: bool, stays_s: int
) -> None:
    job = reporter.start("report")
    if fails:
        job.fail("the disk is full")
    else:
        job.succeed()
    clock.now += stays_s - 1
    assert job.id in mirror
    clock.now += 1
    assert job.id not in mirror
    assert mirror.jobs() == []
    assert mirror.get(job.id)["status"] == ("failed" if fails else "succeeded")


def test_a_job_that_is_reopened_stays(mirror: Mirror, reporter: Reporter, clock: Clock) -> None:
    job = reporter.start("report")
    job.fail("the disk is full")
    again = reporter.attach(reporter.retry(job.id)["id"])
    clock.now += 1000
    eventually(lambda: mirror.get(job.id)["status"] == "running")
    assert job.id in mirror
    again.succeed()


def test_while_the_store_is_away_reports_are_read_and_written_later(
    mirror: Mirror, reporter: Reporter, store: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    job = reporter.start("tree", steps=[("fetching", 0, 50), ("creating", 50, 100)])
    job.step("fetching")
    store.away = True
    job.update(current=5, total=10)
    eventually(lambda: mirror.get(job.id)["progress"]["percent"] == 25.0)
    assert job.step("creating").name == "creating"
    assert mirror.get(job.id)["step"] == "creating"
    job.update(current=1, total=10, message="creating blocks")
    seen = mirror.get(job.id)
    assert (seen["progress"]["percent"], seen["message"]) == (55.0, "creating blocks")
    assert job.succeed({"nodes": 3}) == "spooled"
    assert (mirror.get(job.id)["status"], mirror.get(job.id)["result"]) == ("succeeded", {"nodes": 3})
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1, warnings
    store.away = False
    eventually(lambda: not reporter.outbox.away)
    stored = reporter.get(job.id)
    assert (stored["status"], stored["result"], stored["progress"]["percent"]) == ("succeeded", {"nodes": 3}, 100.0)
    assert mirror.get(job.id) == stored


def test_each_outage_is_told_once(
    mirror: Mirror, reporter: Reporter, store: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    job = reporter.start("report")
    for number in range(2):
        store.away = True
        job.note(f"note {number}")
        job.note("and another")
        known = mirror.get(job.id)["seq"], reporter.outbox.away, reporter.outbox.outage.lasting
        assert known == (4 + 2 * number, True, True)
        store.away = False
        eventually(lambda: not reporter.outbox.away)
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 2
    assert mirror.get(job.id)["seq"] == 6
    job.succeed()


def test_only_the_store_knows_what_was_never_seen(mirror: Mirror, reporter: Reporter, store: Counted) -> None:
    with pytest.raises(UnknownJob):
        mirror.get("0192d3a0-7c00-7000-8000-000000000001")
    store.away = True
    with pytest.raises(StoreUnavailable):
        mirror.get("0192d3a0-7c00-7000-8000-000000000001")


def test_listeners_hear_the_newest_state_also_while_the_store_is_away(
    mirror: Mirror, reporter: Reporter, store: Counted
) -> None:
    heard: list[dict[str, Any]] = []
    job, other = reporter.start("report", steps=["scan"]), reporter.start("report")
    with mirror.listen(heard.append, id=job.id):
        job.step("scan")
        eventually(lambda: [each["step"] for each in heard][-1:] == ["scan"])
        store.away = True
        job.note("meanwhile")
        eventually(lambda: heard[-1]["seq"] == 4)
        job.update(current=3, total=4)
        eventually(lambda: heard[-1]["progress"]["percent"] == 75.0)
        other.note("not heard")
        store.away = False
    assert {each["id"] for each in heard} == {job.id}
    count = len(heard)
    eventually(lambda: not reporter.outbox.away)
    job.succeed()
    eventually(lambda: mirror.get(job.id)["status"] == "succeeded")
    assert len(heard) == count, "nothing after it was closed"


def test_a_listener_that_fails_or_waits_holds_up_no_report(
    mirror: Mirror, reporter: Reporter, caplog: pytest.LogCaptureFixture
) -> None:
    go, heard = threading.Event(), []

    def failing(job: dict[str, Any]) -> None:
        assert go.wait(10)
        heard.append(job["seq"])
        raise ValueError("a listener's own fault")

    with mirror.listen(failing):
        job = reporter.start("report")
        for number in range(500):
            job.note(f"note {number}")
        go.set()
        eventually(lambda: heard and heard[-1] == 502)
    assert len(heard) < 100, "what came meanwhile is told as one"
    assert caplog.text.count("a listener failed") == 1
    job.succeed()


def test_it_holds_no_more_than_it_may(reporter: Reporter, clock: Clock) -> None:
    with headway.mirror(reporter=reporter, monotonic=clock, jobs_max=3) as mirror:
        jobs = [reporter.start("report") for _ in range(5)]
        eventually(lambda: jobs[-1].id in mirror)
        assert len(mirror.jobs()) <= 3
        assert mirror.get(jobs[0].id)["id"] == jobs[0].id


def test_only_what_fits_is_held(reporter: Reporter, clock: Clock) -> None:
    with headway.mirror(reporter=reporter, monotonic=clock, project="a") as mirror:
        mine, other = reporter.start("report", project="a"), reporter.start("report", project="b")
        assert mine.id in mirror
        assert other.id not in mirror
        assert mirror.get(other.id)["project"] == "b"


def test_a_closed_reporter_ends_those_who_followed_it(store: Counted, tmp_path: Path, caplog: Any) -> None:
    before = {thread.name for thread in threading.enumerate()}
    with Reporter(StoreLink(store), spool=tmp_path / "spool") as reporter:
        subscription = headway.subscribe(lambda change: None, reporter=reporter)
        mirror = headway.mirror(reporter=reporter)
        mirror.listen(lambda job: None)
        reporter.start("report").succeed()
    assert subscription.closed
    eventually(lambda: {thread.name for thread in threading.enumerate()} <= before)
    mirror.close()
    subscription.close()
    assert caplog.text == ""


def test_in_a_forked_child_the_store_is_asked(mirror: Mirror, reporter: Reporter, store: Counted) -> None:
    job = reporter.start("report")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        loads = store.loads
        answer = (mirror.get(job.id)["id"] == job.id, store.loads - loads, mirror.jobs(), job.id in mirror)
        os.write(write, repr(answer).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"(True, 1, [], False)"
    os.close(read)
    os.close(write)
    job.succeed()


def test_to_ask_whether_a_job_is_there_looks_at_no_other(
    mirror: Mirror, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [reporter.start("report") for _ in range(3)]
    monkeypatch.delattr(Shelf, "ids")
    assert [job.id in mirror for job in jobs] == [True] * 3
    assert "nothing" not in mirror
    assert 7 not in mirror
