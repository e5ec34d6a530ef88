"""Events that happened earlier than they are told, with what belongs to them; and jobs found by their facts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import headway
from headway import aio
from headway.core.errors import InvalidReport, UnknownJob
from headway.reporting.handle import JobHandle
from headway.reporting.reporter import Reporter
from headway.reporting.step import StepHandle
from headway.testing import recording
from tests.reporting.stores import MoodyStore

THEN = datetime(2024, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
TOLD = "2024-03-01T09:00:00.000000Z"

CALLS: list[tuple[str, Callable[[JobHandle], Any]]] = [
    ("step_started", lambda job: job.step("scan", at=THEN)),
    ("step_succeeded", lambda job: job.step("scan").succeed(at=THEN)),
    ("step_failed", lambda job: job.step("scan").fail("no", at=THEN)),
    ("step_skipped", lambda job: job.step("scan").skip(at=THEN)),
    ("step_skipped", lambda job: job.skip("scan", at=THEN)),
    ("noted", lambda job: job.note("hello", at=THEN)),
    ("steps_added", lambda job: job.add_steps(["more"], at=THEN)),
    ("paused", lambda job: job.wait("input", at=THEN)),
    ("retry_scheduled", lambda job: job.retry("later", at=THEN)),
    ("succeeded", lambda job: job.succeed(at=THEN)),
    ("failed", lambda job: job.fail("no", at=THEN)),
    ("failed", lambda job: job.fail(ValueError("no"), at=THEN)),
    ("cancelled", lambda job: job.acknowledge_cancel(at=THEN)),
]


@pytest.mark.parametrize(("type", "call"), CALLS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(CALLS)])
def test_every_entry_of_a_history_can_be_told_when_it_happened(
    type: str, call: Callable[[JobHandle], Any], reporter: Reporter
) -> None:
    job = reporter.start("report", plan=headway.parse_plan(["scan"], open=True))
    call(job)
    entry = reporter.history(job.id)[-1]
    assert (entry["type"], entry["at"]) == (type, TOLD)
    assert entry["recorded_at"] > TOLD


def test_no_call_that_makes_history_was_forgotten() -> None:
    without = {"attach", "advance", "update", "track", "flush", "detach", "snapshot", "leave", "child", "cancel"}
    without |= {"forward_only", "tell"}  # a rule for the calls that follow; the way that all reports of a step go
    for thing in (JobHandle, StepHandle):
        for name, call in inspect.getmembers(thing, inspect.isfunction):
            if not name.startswith("_") and name not in without:
                assert "at" in inspect.signature(call).parameters, f"{thing.__name__}.{name}"


@pytest.mark.parametrize("call", [lambda job, at: job.note("x", at=at), lambda job, at: job.step("scan", at=at)])
def test_a_time_without_its_zone_is_refused(call: Callable[[JobHandle, datetime], Any], reporter: Reporter) -> None:
    job = reporter.start("report", steps=["scan"])
    with pytest.raises(InvalidReport) as refused:
        call(job, THEN.replace(tzinfo=None))
    assert refused.value.field == "at"
    assert len(reporter.history(job.id)) == 2


def test_a_step_has_the_times_that_it_was_given(reporter: Reporter) -> None:
    job = reporter.start("report", steps=["scan"])
    job.step("scan", at=THEN).succeed(at=THEN + timedelta(minutes=5))
    [step] = reporter.get(job.id)["steps"]
    assert (step["started_at"], step["finished_at"]) == (TOLD, "2024-03-01T09:05:00.000000Z")


def test_a_report_keeps_its_time_on_the_local_disk(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    store.away = True
    assert job.note("meanwhile", at=THEN) == "spooled"
    store.away = False
    assert reporter.outbox.recover()
    assert reporter.history(job.id)[-1]["at"] == TOLD


def test_messages_and_details_stay_with_their_entries(reporter: Reporter) -> None:
    job = reporter.start("report", steps=["scan", "load", "mail"])
    job.step("scan", "opening", detail={"file": 7}).succeed("done", detail=[1, 2])
    job.step("load").fail("no disk", detail="ENOSPC")
    job.skip("mail", "not wanted", detail=None)
    told = [(e["type"], e["message"], e["detail"]) for e in reporter.history(job.id) if e["type"].startswith("step_")]
    assert told == [
        ("step_started", "opening", {"file": 7}),
        ("step_succeeded", "done", [1, 2]),
        ("step_started", None, None),
        ("step_failed", "no disk", "ENOSPC"),
        ("step_skipped", "not wanted", None),
    ]
    assert [step["message"] for step in reporter.get(job.id)["steps"]] == ["done", "no disk", "not wanted"]


def test_parallel_steps_end_neither_each_other_nor_by_a_later_one(reporter: Reporter) -> None:
    job = reporter.start("report", steps=["scan", "load", "mail"])
    scan, load = job.step("scan", parallel=True), job.step("load", parallel=True)
    job.step("mail")
    running = [step["status"] for step in reporter.get(job.id)["steps"]]
    assert running == ["running"] * 3
    again = job.step("scan", parallel=True)
    assert reporter.get(job.id)["steps"][0]["attempt"] == 1, "one that runs is joined"
    scan.advance(2)
    again.advance(3)
    again.succeed()
    load.fail("no disk")
    assert [(step["status"], step["current"]) for step in reporter.get(job.id)["steps"]] == [
        ("succeeded", 5),
        ("failed", 0),
        ("running", 0),
    ]


def test_jobs_are_found_by_their_facts_newest_first(reporter: Reporter) -> None:
    one = reporter.start("intake", subject="file-1", project="a", labels={"tier": "free"})
    other = reporter.create("intake", subject="file-1", project="b")
    third = reporter.start("index", subject="file-2", project="a")
    third.succeed()

    def found(**asked: Any) -> list[str]:
        return [job["id"] for job in reporter.jobs(**asked)]

    assert found() == [third.id, other.id, one.id]
    assert found(subject="file-1") == [other.id, one.id]
    assert found(subject=["file-1", "file-2"], project="a") == [third.id, one.id]
    assert found(kind="intake", status="running") == [one.id]
    assert found(status=["succeeded", "pending"]) == [third.id, other.id]
    assert found(label=("tier", "free")) == [one.id]
    assert found(id=one.id.upper()) == [one.id]
    assert found(limit=1) == [third.id]
    assert found(subject="file-3") == []
    assert reporter.jobs(id=one.id) == [reporter.get(one.id)]


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"status": "done"}, "status"), ({"id": "x"}, "id"), ({"limit": -1}, "limit"), ({"project": ""}, "project")],
)
def test_what_no_job_can_have_is_refused(asked: dict[str, Any], field: str, reporter: Reporter) -> None:
    with pytest.raises(InvalidReport) as refused:
        reporter.jobs(**asked)
    assert refused.value.field == field


def test_a_history_is_read_from_where_somebody_was(reporter: Reporter) -> None:
    job = reporter.start("report")
    for number in range(3):
        job.note(f"note {number}")
    assert [entry["seq"] for entry in reporter.history(job.id, after=2)] == [3, 4, 5]
    assert [entry["seq"] for entry in reporter.history(job.id, limit=1)] == [1]
    assert reporter.history(job.id, after=5) == []
    with pytest.raises(UnknownJob):
        reporter.history("0192d3a0-7c00-7000-8000-000000000001")


async def test_async_code_has_the_same(tmp_path: Path) -> None:
    with recording():
        async with aio.start("report", steps=["scan", "mail"], subject="file-1") as job:
            step = await job.step("scan", "opening", at=THEN, parallel=True)
            await step.succeed("done", at=THEN, detail={"pages": 3})
            await job.skip("mail", at=THEN)
            await job.note("hello", at=THEN)
        assert [each["id"] for each in await aio.jobs(subject="file-1")] == [job.id]
        entries = await aio.history(job.id, after=2, limit=4)
        assert [entry["at"] for entry in entries] == [TOLD] * 4
        assert (await aio.get(job.id))["status"] == "succeeded"
        assert headway.jobs(subject="file-1")[0]["id"] == headway.history(job.id)[0]["job_id"]
