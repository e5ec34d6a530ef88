"""`headway stuck`: what needs somebody, and what to do about it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from headway.cli.leases import pulses
from headway.core import commands as c
from headway.stores.protocol import Lease, Store
from tests.cli.conftest import Program, Works
from tests.cli.programs import Worker, run

STORES = ("sqlite", "postgres")


def test_nothing_stuck_is_said_beside_the_output(works: Works, headway: Program) -> None:
    works.job()
    answer = headway("stuck")
    assert (answer.status, answer.output, answer.errors) == (0, "", "nothing is stuck\n")


def test_a_lost_job_is_told_with_what_to_do(works: Works, headway: Program) -> None:
    job_id = works.job("scan", project="acme", subject="file:42")
    works.report(job_id, c.StartStep(step="scan"))
    works.ask(job_id, c.Lose())
    head, *facts = headway("stuck").lines
    assert head == f"{job_id[:13]}  index  lost"
    told = {line.split()[0]: line.split(None, 1)[1] for line in facts}
    assert told["step"] == "scan"
    assert told["about"] == "acme · file:42"
    assert told["started"] == "9m 58s ago"
    assert told["progress"] == "9m 57s ago"
    assert "restart its worker" in told["do"]
    assert f"headway cancel {job_id[:13]}" in told["do"]


def test_quiet_jobs_are_told_when_asked_for(works: Works, headway: Program) -> None:
    quiet = works.job("scan")
    works.report(quiet, c.StartStep(step="scan"))
    assert quiet in [job["id"] for job in headway("stuck", "--quiet-for", "1m", "--json").values]
    assert headway("stuck", "--quiet-for", "2h").output == ""
    assert "see what its worker does" in headway("stuck", "--quiet-for", "9m").output


@pytest.mark.parametrize("text", ["15", "90s", "15m", "1.5h", "1d"])
def test_durations_are_written_as_people_write_them(text: str, works: Works, headway: Program) -> None:
    assert headway("stuck", "--quiet-for", text).status == 0


@pytest.mark.parametrize("text", ["", "soon", "-5m", "5 minutes", "1e9", "9999999s", "5w"])
def test_what_is_no_duration_is_refused(text: str, works: Works, headway: Program) -> None:
    answer = headway("stuck", "--quiet-for", text)
    assert answer.status == 2
    assert "is no duration; write 90s, 15m, 2h or 1d" in answer.errors


def test_workers_are_heard_or_not(store: Store, works: Works) -> None:
    alive, dead, gone = (Lease(id=uuid.uuid4().hex, ttl_ms=50, owner=f"{name}:1") for name in ("alive", "dead", "gone"))
    store.beat((alive, dead, gone))
    jobs = {lease.owner: works.job(running=False) for lease in (alive, dead, gone)}
    for lease in (alive, dead, gone):
        works.committer.attach(jobs[lease.owner], producer="p", lease=lease.id)
    store.release(gone.id)
    store_beats = _Beating(store, alive)
    heard = pulses(store_beats, 700_000)
    [one], [other], [none] = (heard[jobs[lease.owner]] for lease in (alive, dead, gone))
    assert not one.silent
    assert str(one).endswith("beats")
    assert other.silent
    assert "not heard for" in str(other)
    assert none.silent
    assert "none" in str(none)


class _Beating:
    """A store whose one worker beats between any two looks at it."""

    def __init__(self, store: Store, lease: Lease) -> None:
        self._store = store
        self._lease = lease

    def __getattr__(self, name: str) -> Any:
        if name == "holdings":
            self._store.beat((self._lease,))
        return getattr(self._store, name)


def test_a_killed_worker_is_found_by_listening_though_nobody_judged_it(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan", lease_s="1") as worker:
        worker.do("step scan")
        worker.kill()
        unjudged = run("stuck", store=url)
        assert unjudged.stdout == ""
        told = run("stuck", "--listen", "1.5s", store=url).stdout
        assert told.startswith(f"{worker.id[:13]}  index  running\n")
        assert "lease of 1.0s, not heard for 1." in told
        assert "restart its worker" in told
