"""Owns the proof that the page merges frames by the rules: what the core decided, nothing older, nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.job import Job
from headway.core.plan import Plan, parse_plan
from headway.core.wire import job_wire
from tests.core.jobs import ID
from tests.core.reports import asked, plans, reports
from tests.page.lives import Frame, born, lived
from tests.page.modules import Modules

TOLD = """({ Board }, frames) => {
    const board = new Board();
    const changes = frames.map(([type, content]) => board.apply(type, content));
    return { jobs: [...board.jobs.values()], holes: changes.filter((change) => change?.hole).length };
}"""
SHOWN = """({ Board }, frames) => {
    const board = new Board();
    return frames.map(([type, content]) => {
        board.apply(type, content);
        const [job] = board.jobs.values();
        return job && [job.attempt, job.status, job.progress.percent];
    });
}"""

RUNNING = (c.Attach(), c.StartStep(step="scan"), c.Update(current=4, total=10))


def told(modules: Modules, frames: list[Frame]) -> dict[str, Any]:
    """The only job that the page knows after these frames; none of them may leave a hole."""
    answer = modules.run("app/model.js", TOLD, frames)
    assert answer["holes"] == 0
    [job] = answer["jobs"]
    return dict(job)


def without_eta(wire: dict[str, Any]) -> dict[str, Any]:
    """An event brings no ETA, so only a whole state tells it."""
    return json.loads(json.dumps({**wire, "eta": None}))  # type: ignore[no-any-return]  # a job is an object


def scanning() -> tuple[Job, list[Frame]]:
    """A job at 40 % of its first step, and the frames that led there."""
    job, first = born(parse_plan(["scan", "load"]))
    job, more = lived(job, RUNNING)
    return job, first + more


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans, commands=st.lists(reports | asked, max_size=25), every=st.integers(1, 3))
def test_the_page_knows_what_the_core_decided(
    modules: Modules, plan: Plan, commands: list[c.Command], every: int
) -> None:
    job, first = born(plan)
    job, more = lived(job, [c.Attach(), *commands], every=every)
    last: Frame = ("state", job_wire(job))
    ends_by_event = bool(more) and more[-1][1].get("job", {}).get("version") == job.version
    known = told(modules, first + more if ends_by_event else [*first, *more, last])
    assert without_eta(known) == without_eta(job_wire(job))


def test_a_frame_that_comes_twice_changes_nothing(modules: Modules) -> None:
    _, frames = scanning()
    assert told(modules, frames + frames[:-1]) == told(modules, frames)


def test_an_older_state_changes_nothing(modules: Modules) -> None:
    job, frames = scanning()
    older: Frame = ("state", {**job_wire(job), "version": job.version - 1, "message": "long ago"})
    assert told(modules, [*frames, older]) == told(modules, frames)


def test_an_event_that_a_snapshot_includes_changes_nothing(modules: Modules) -> None:
    job, frames = scanning()
    newest: Frame = ("snapshot", job_wire(job))
    assert told(modules, [newest, *frames[1:-1]]) == told(modules, [newest])


def test_a_bar_never_goes_back_within_an_attempt(modules: Modules) -> None:
    job, frames = scanning()
    wire = job_wire(job)
    lower = {**wire, "version": wire["version"] + 1, "progress": {**wire["progress"], "percent": 3.0}}
    assert told(modules, [*frames, ("state", lower)])["progress"]["percent"] == 20


def test_only_success_shows_100(modules: Modules) -> None:
    job, frames = scanning()
    _, more = lived(job, [c.Succeed(), c.Retry(), c.Attach()])
    shown = modules.run("app/model.js", SHOWN, frames + more)
    by_status = {(attempt, status): percent for attempt, status, percent in shown[1:]}
    assert by_status[1, "succeeded"] == 100
    assert by_status[1, "waiting"] == 99.9
    assert by_status[2, "running"] == 0


def test_a_missing_total_is_not_zero_percent(modules: Modules) -> None:
    job, first = born(parse_plan([]))
    _, more = lived(job, [c.Attach(), c.Update(current=7)])
    assert told(modules, first + more)["progress"]["percent"] is None


def test_an_ended_job_has_no_eta(modules: Modules) -> None:
    job, frames = scanning()
    _, more = lived(job, [c.Fail(error="disk full")])
    eta = {"at": "2026-01-01T00:00:00Z", "low": None, "high": None, "basis": "rate", "n": 1}
    frames[-1] = ("state", {**frames[-1][1], "eta": eta})
    assert told(modules, frames)["eta"] == eta
    assert told(modules, frames + more)["eta"] is None


@pytest.mark.parametrize("health", ["slow", "stalled"])
def test_progress_takes_back_that_a_job_is_stalled(modules: Modules, health: str) -> None:
    job, frames = scanning()
    _, more = lived(job, [c.FinishStep(step="scan", at=job.updated_at + 1)])
    frames[-1] = ("state", {**frames[-1][1], "health": health})
    assert told(modules, frames)["health"] == health
    assert told(modules, frames + more)["health"] == "ok"


def test_a_hole_is_noticed(modules: Modules) -> None:
    job, frames = scanning()
    _, more = lived(job, [c.FinishStep(step="scan"), c.StartStep(step="load")])
    answer = modules.run("app/model.js", TOLD, [*frames, more[-1]])
    assert answer["holes"] == 1
    assert answer["jobs"][0]["step"] == "scan"


def test_an_event_of_an_unknown_job_is_a_hole(modules: Modules) -> None:
    _, frames = scanning()
    assert modules.run("app/model.js", TOLD, frames[1:2]) == {"jobs": [], "holes": 1}


def test_after_a_reset_an_older_store_is_believed(modules: Modules) -> None:
    job, frames = scanning()
    older: Frame = ("snapshot", frames[0][1])
    again = [*frames, ("reset", {"reason": "ahead"}), older, ("synced", {})]
    assert told(modules, again)["version"] == 1 < job.version


def test_after_a_reset_what_was_not_sent_again_is_gone(modules: Modules) -> None:
    _, frames = scanning()
    other: Frame = ("snapshot", {**frames[0][1], "id": ID.replace("1", "2")})
    again = [*frames, ("reset", {"reason": "other_store"}), other, ("synced", {})]
    assert told(modules, again)["id"] == other[1]["id"]


def test_a_page_that_stays_open_keeps_the_newest_ended_jobs(modules: Modules) -> None:
    job, frames = scanning()
    _, more = lived(job, [c.Succeed()])
    ended = told(modules, frames + more)
    jobs = [{**ended, "id": str(n), "finished_at": f"2026-01-01T00:00:0{n}.000000Z"} for n in range(5)]
    live = {**frames[0][1], "id": "live"}
    script = """({ Board }, jobs) => {
        const board = new Board();
        for (const job of jobs) board.apply("state", job);
        board.prune(2);
        return [...board.jobs.keys()];
    }"""
    assert modules.run("app/model.js", script, [*jobs, live]) == ["3", "4", "live"]
