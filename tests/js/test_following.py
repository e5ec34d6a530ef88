"""Owns the proof that the client follows real jobs of a real server, through all that happens to lines and servers."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from headway import Reporter
from tests.js.watching import Watching
from tests.page.processes import Served
from tests.postgres.proxy import FaultProxy
from tests.waiting import eventually

# An application of somebody's own, which lets in who has a session.
SESSIONS = """
import uvicorn
from headway.http import Grant, app
from starlette.applications import Starlette
from starlette.routing import Mount
def authorize(scope):
    welcome = (b"x-session-token", b"secret") in scope["headers"] or scope["path"].endswith("/livez")
    return Grant() if welcome else None
uvicorn.run(Starlette(routes=[Mount("/jobs", app({store!r}, authorize=authorize))]), port={port}, log_level="warning")
"""


def require_unbroken(watching: Watching, job_id: str) -> list[int]:
    """The numbers of the events that were heard: none is missing or comes twice, and the last is the job's newest."""
    seqs = watching.seqs(job_id)
    assert seqs == [*range(seqs[0], watching.job(job_id)["seq"] + 1)]
    return seqs


@pytest.fixture
def guarded(store: str, tmp_path: Path) -> Iterator[Served]:
    with Served(store, tmp_path, script=SESSIONS, prefix="jobs/") as served:
        yield served


def test_a_job_is_followed_live_to_its_end(served: Served, reporter: Reporter) -> None:
    with reporter.start("report", steps=["scan", "load"]) as job, Watching(served.url, job=job.id) as watching:
        watching.until_state("live")
        with job.step("scan") as step:
            step.update(current=3, total=10)
            job.flush()
            assert watching.until(lambda w: w.job(job.id).get("progress", {}).get("percent") == 15.0)
        job.succeed({"pages": 7})
        watching.until_state("closed")
    assert watching.job(job.id)["result"] == {"pages": 7}
    assert watching.states == ["connecting", "live", "closed"]
    assert watching.told("closing") == [[{"kind": "ended", "status": None, "reason": "ended"}]]


def is_told(watching: Watching, job_id: str, events: list[int]) -> bool:
    return watching.seqs(job_id) == events


def test_many_jobs_come_and_each_event_once(served: Served, reporter: Reporter) -> None:
    with Watching(served.url, project="acme") as watching:
        watching.until_state("live")
        jobs = [reporter.start("import", project="acme") for _ in range(5)]
        other = reporter.start("import", project="else")
        for job in (*jobs, other):
            job.note("half")
            job.succeed()
        for job in jobs:
            watching.until_status(job.id, "succeeded")
            told = [*range(1, watching.job(job.id)["seq"] + 1)]
            eventually(partial(is_told, watching, job.id, told))
    assert watching.job(other.id) == {}


def test_a_job_that_has_ended_is_shown_and_closed(served: Served, reporter: Reporter) -> None:
    job = reporter.start("report")
    job.fail("no paper")
    with Watching(served.url, job=job.id) as watching:
        watching.until_state("closed")
    assert watching.job(job.id)["error"] == "no paper"


def test_an_unknown_job_is_refused_for_good(served: Served) -> None:
    with Watching(served.url, job="0192a000-0000-7000-8000-000000000000") as watching:
        watching.until_state("closed")
    [[closing]] = watching.told("closing")
    assert (closing["kind"], closing["status"]) == ("refused", 404)
    assert "job" in closing["reason"]


def test_a_session_is_shown_with_each_request(guarded: Served, reporter: Reporter) -> None:
    job = reporter.start("image")
    mounted = guarded.url.removesuffix("/")
    with Watching(mounted, job=job.id, headers={"X-Session-Token": "secret"}) as watching:
        watching.until_state("live")
        job.succeed()
        watching.until_state("closed")
        assert watching.job(job.id)["status"] == "succeeded"


@pytest.mark.parametrize("headers", [{}, {"X-Session-Token": "wrong"}])
def test_without_a_session_it_is_refused_for_good(guarded: Served, reporter: Reporter, headers: dict[str, str]) -> None:
    with Watching(guarded.url, job=reporter.start("image").id, headers=headers) as watching:
        watching.until_state("closed")
    [[closing]] = watching.told("closing")
    assert closing["kind"] == "refused"
    assert closing["status"] in {401, 403, 404}


def test_a_server_that_restarts_is_found_again_and_nothing_is_missing(served: Served, reporter: Reporter) -> None:
    job = reporter.start("import")
    with Watching(served.url, job=job.id) as watching:
        watching.until_state("live")
        served.end(signal.SIGKILL)
        watching.until_state("stale")
        for number in range(20):
            job.note(f"line {number}")
        served.start()
        watching.until_state("live")
        job.succeed()
        watching.until_state("closed")
    assert len(require_unbroken(watching, job.id)) >= 21


def test_a_server_that_leaves_politely_is_found_again(alone: Served, reporter: Reporter) -> None:
    job = reporter.start("import")
    with Watching(alone.url, job=job.id) as watching:
        watching.until_state("live")
        alone.end()
        job.note("meanwhile")
        alone.start()
        watching.until_events(job.id, 1)
        watching.until_state("live")


def test_a_line_that_is_cut_again_and_again_tells_each_event_once(served: Served, reporter: Reporter) -> None:
    job = reporter.start("import")
    with FaultProxy(served.url) as proxy, Watching(f"http://127.0.0.1:{proxy.port}/", job=job.id) as watching:
        watching.until_state("live")
        for number in range(12):
            proxy.cut(37 * number + 11, "down")
            job.note(f"line {number}")
            watching.until_state("stale")
            proxy.heal()
            watching.until_events(job.id, number + 1)
        job.succeed()
        watching.until_state("closed")
    require_unbroken(watching, job.id)


def test_a_line_that_died_without_a_word_is_given_up(served: Served, reporter: Reporter) -> None:
    job = reporter.start("import")
    with FaultProxy(served.url) as proxy:
        with Watching(f"http://127.0.0.1:{proxy.port}/", job=job.id, pace={"staleMs": 500}) as watching:
            watching.until_state("live")
            with proxy.swallowing("down"):
                job.note("nobody hears it")
                watching.until(lambda w: "stale" in w.states)
                proxy.reset()
            watching.until_events(job.id, 1)
        assert ["stale", "silent for 1 s"] in watching.told("state")


def test_a_page_that_slept_goes_on(served: Served, reporter: Reporter) -> None:
    job = reporter.start("import")
    with Watching(served.url, job=job.id) as watching:
        watching.until_state("live")
        watching.pause()
        for number in range(200):
            job.note(f"line {number}")
        watching.go_on()
        watching.until_events(job.id, 200)
        assert watching.seqs(job.id) == sorted(watching.seqs(job.id))


def test_a_busy_job_is_followed_while_its_line_breaks(served: Served, reporter: Reporter) -> None:
    job = reporter.start("import")
    with FaultProxy(served.url) as proxy, Watching(f"http://127.0.0.1:{proxy.port}/", job=job.id) as watching:
        over = threading.Event()
        breaking = threading.Thread(target=_break_lines, args=(proxy, over))
        breaking.start()
        for number in range(150):
            job.note(f"line {number}")
            over.wait(0.02)
        watching.until(lambda w: w.states.count("stale") > 3)
        over.set()
        breaking.join()
        job.succeed()
        watching.until_state("closed")
    require_unbroken(watching, job.id)


def _break_lines(proxy: FaultProxy, over: threading.Event) -> None:
    while not over.wait(0.2):
        proxy.reset()
