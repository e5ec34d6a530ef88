"""Owns the promises about the wire: the names that programs rely on, and what each value looks like there."""

from __future__ import annotations

import json

from headway.core import commands as c
from headway.core.create import check_facts, create
from headway.core.plan import StepSpec, parse_plan
from headway.core.wire import event_wire, header_wire, job_wire, merged, percent_wire, step_wire
from tests.core import jobs
from tests.core.jobs import NOW, SECOND, after, events, made, running

JOB = """id kind status reason health attempt project tenant subject external_id labels parent_id progress step message
result error eta created_at started_at finished_at updated_at last_progress_at cancel_requested_at version seq steps"""
ADDED = {"due_at", "last_step"}  # when a waiting job means to go on; where one that failed has ended
PROGRESS = "current total unit percent plan_rev"
STEP = "name group position weight status attempt current total unit percent message error started_at finished_at"
EVENT = "job_id seq type attempt step message detail at recorded_at job"
SHOWN = "2025-11-24T16:00:00.000000Z"


def test_a_job_has_exactly_these_names() -> None:
    wire = job_wire(jobs.in_phase("running"))
    assert set(wire) == set(JOB.split()) | ADDED
    assert set(wire["progress"]) == set(PROGRESS.split())
    assert [set(step) for step in wire["steps"]] == [set(STEP.split())] * 3


def test_an_event_has_exactly_these_names_and_the_resulting_header() -> None:
    job = jobs.in_phase("running")
    [event] = events(job, c.FinishStep(step="scan", message="ten files"))
    wire = event_wire(job.id, event)
    assert set(wire) == set(EVENT.split())
    assert (wire["job_id"], wire["type"], wire["step"], wire["message"]) == (
        job.id,
        "step_succeeded",
        "scan",
        "ten files",
    )
    assert (wire["at"], wire["recorded_at"]) == (SHOWN, SHOWN)
    assert {"status", "percent", "step", "message", "version"} <= set(wire["job"])
    assert (wire["job"]["status"], wire["job"]["percent"], wire["job"]["step"]) == ("running", 25.0, None)
    [step] = wire["job"]["steps"]
    assert (step["name"], step["status"], step["percent"], step["finished_at"]) == ("scan", "succeeded", 100.0, SHOWN)


def test_the_first_event_shows_the_whole_plan() -> None:
    facts = check_facts("index", id=jobs.ID, now=NOW)
    job, event = create(facts, parse_plan(["scan", "load"]), NOW)
    header = header_wire(event)
    assert header["steps"] == [step_wire(step) for step in job.steps.values()]
    assert (header["status"], header["percent"]) == ("pending", 0.0)
    assert header["progress"] == job_wire(job)["progress"]


def test_times_are_rfc_3339_in_utc_and_what_is_not_known_is_null() -> None:
    pending = job_wire(made("scan"))
    assert pending["created_at"] == pending["updated_at"] == "2025-11-24T15:59:59.000000Z"
    assert (pending["started_at"], pending["finished_at"], pending["due_at"], pending["step"]) == (None,) * 4
    waiting = after(running("scan"), c.Wait(reason="schedule", until=NOW + SECOND), c.RequestCancel())
    assert job_wire(waiting)["due_at"] == "2025-11-24T16:00:01.000000Z"
    assert job_wire(waiting)["cancel_requested_at"] == SHOWN
    assert job_wire(after(waiting, c.Succeed()))["finished_at"] == SHOWN


def test_percent_has_one_decimal_and_unknown_is_null_and_not_0() -> None:
    assert (percent_wire(None), percent_wire(0), percent_wire(666), percent_wire(1000)) == (None, 0.0, 66.6, 100.0)
    assert all(len(str(percent_wire(permille))) <= 5 for permille in range(1001))
    assert job_wire(running())["progress"] == {
        "current": 0,
        "total": None,
        "unit": None,
        "percent": None,
        "plan_rev": 1,
    }


def test_health_is_what_the_reader_derived_or_else_what_is_stored() -> None:
    lost = after(running("scan"), c.Lose())
    assert job_wire(lost)["health"] == "lost"
    assert job_wire(running("scan"))["health"] == "ok"
    assert job_wire(running("scan"), health="stalled")["health"] == "stalled"


def test_an_eta_is_absolute_times_with_what_they_rest_on() -> None:
    job = after(running(), c.Update(current=1, total=2), now=NOW + 10 * SECOND)
    eta = job_wire(job)["eta"]
    assert set(eta) == {"at", "low", "high", "basis", "n"}
    assert (eta["at"], eta["basis"], eta["n"]) == ("2025-11-24T16:00:20.000000Z", "rate", 1)
    assert job_wire(running())["eta"] == {"at": None, "low": None, "high": None, "basis": "none", "n": 0}
    assert job_wire(jobs.in_phase("succeeded"))["eta"] is None


def test_bounds_and_other_inner_values_stay_inside() -> None:
    job = running("scan", open=True)
    for command in (c.StartStep(step="scan"), c.AddSteps(steps=(StepSpec(name="tidy"),)), c.Attach(takeover=True)):
        [event] = events(job, command)
        inner = {"low", "high", "permille", "keep_steps", "open", "mode", "event_version", "attempt_started_at"}
        assert not inner & set(json.loads(json.dumps(header_wire(event))))
        assert all(not inner & set(step) for step in header_wire(event)["steps"])


def test_everything_on_the_wire_is_json() -> None:
    for phase in jobs.PHASES:
        job = jobs.in_phase(phase)
        wire = job_wire(job)
        assert json.loads(json.dumps(wire)) == wire
        for event in events(job, c.RecordRefusal(attempt=1, producer="w1")):
            assert json.loads(json.dumps(event_wire(job.id, event))) == event_wire(job.id, event)


def test_an_event_and_the_job_before_it_give_the_job_after_it() -> None:
    before = after(running("scan", "load"), c.StartStep(step="scan"))
    finish = c.FinishStep(step="scan")
    (event,) = events(before, finish)
    shown, told = merged(job_wire(before), event_wire(before.id, event)["job"]), job_wire(after(before, finish))
    assert [(step["name"], step["status"]) for step in shown["steps"]] == [("scan", "succeeded"), ("load", "pending")]
    assert (shown["status"], shown["version"], shown["progress"]) == (told["status"], told["version"], told["progress"])


def test_the_last_step_is_told_when_the_job_has_ended() -> None:
    job = running("scan", "load", "mail")
    told = [job_wire(job)["last_step"]]
    commands: list[c.Command] = [c.StartStep(step="load"), c.StartStep(step="scan"), c.FinishStep(step="scan")]
    commands += [c.Fail(error="x"), c.Retry(), c.Attach()]
    copy = job_wire(job)
    for number, command in enumerate(commands):
        now = NOW + number * SECOND
        for event in events(job, command, now=now):
            copy = merged(copy, event_wire(job.id, event)["job"])
        job = after(job, command, now=now)
        told.append(job_wire(job)["last_step"])
        assert copy["last_step"] == told[-1]
    assert told == [None, "load", "scan", "scan", "scan", "scan", None]


def test_of_steps_that_began_in_one_moment_the_later_one_is_the_last() -> None:
    job = after(running("scan", "load"), c.StartStep(step="load"), c.StartStep(step="scan"))
    assert job_wire(job)["last_step"] == "load"


def test_a_header_without_steps_leaves_them_as_they_are() -> None:
    job = job_wire(running("scan", "load"))
    shown = merged(job, {"message": "half of it", "percent": 50.0})
    assert (shown["message"], shown["steps"], shown["eta"]) == ("half of it", job["steps"], None)
    assert "percent" not in shown
