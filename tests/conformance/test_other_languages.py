"""Owns the proof that the programs in docs/examples report a job, as they stand there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.cli.audit import Audit
from headway.core import commands as c
from headway.http.application import Application
from headway.http.loopback import loopback
from headway.reporting.committer import Committer
from headway.stores.postgres.store import PostgresStore
from tests.house.rules import ROOT
from tests.http.conftest import QUICK, Api, Running
from tests.postgres import programs
from tests.stores.lives import Life, loaded
from tests.waiting import eventually

EXAMPLES = ROOT / "docs" / "examples"
STEPS = ("list", ("pack", 8), "check")


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database)
    yield store
    store.close()


@pytest.fixture
def api(store: PostgresStore) -> Iterator[Api]:
    """A server over PostgreSQL."""
    application = Application(store, policy=loopback, pace=QUICK, committer=Committer(store), hosted=False)
    with Running(application, [application]) as running:
        api = Api(running.url)
        yield api
        api.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "what's in it"
    (inside / "deep").mkdir(parents=True)
    for place in ("one.txt", "two.txt", "deep/three.txt"):
        (inside / place).write_text(place)
    return inside


def shell(database: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The script, run to its end."""
    path = f"{Path(programs.program('psql')).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "HEADWAY_STORE": database}
    command = ["sh", str(EXAMPLES / "report.sh"), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def node(api: Api, folder: Path) -> subprocess.Popen[str]:
    """The program, which says the id of its job first."""
    return subprocess.Popen(["node", EXAMPLES / "report.mjs", api.url, folder], stdout=subprocess.PIPE, text=True)


def test_a_shell_script_reports_a_job_by_psql(
    database: str, store: PostgresStore, folder: Path, tmp_path: Path
) -> None:
    life = Life(store, *STEPS)
    ended = shell(database, life.id, folder, tmp_path / "all.tar")
    assert (ended.returncode, ended.stderr) == (0, "")
    job = loaded(store, life.id)
    assert (job.status, job.permille, job.message) == ("succeeded", 1000, f"packed into {tmp_path / 'all.tar'}")
    types = [event.type for event in store.history(life.id)]
    assert types == ["created", "started", *["step_started", "step_succeeded"] * 3, "succeeded"]
    assert Audit(store).look(life.id) is None


def test_a_shell_script_that_fails_fails_its_job(database: str, store: PostgresStore, tmp_path: Path) -> None:
    life = Life(store, *STEPS)
    ended = shell(database, life.id, tmp_path / "nowhere", tmp_path / "all.tar")
    job = loaded(store, life.id)
    assert (ended.returncode > 0, job.status) == (True, "failed")
    assert job.error == f"the archive could not be made: exit status {ended.returncode}"
    assert job.steps["list"].status == "failed"


def test_a_superseded_shell_script_stops(database: str, store: PostgresStore, folder: Path, tmp_path: Path) -> None:
    life = Life(store, *STEPS).begun()
    life.tell(c.Attach(takeover=True))
    ended = shell(database, life.id, folder, tmp_path / "all.tar")
    assert (ended.returncode, (tmp_path / "all.tar").exists()) == (75, False)
    assert "attempt 1 of job" in ended.stderr
    job = loaded(store, life.id)
    assert (job.status, job.attempt, store.history(life.id)[-1].type) == ("running", 2, "report_refused")


def test_a_node_program_reports_a_job_over_http(api: Api, store: PostgresStore, folder: Path) -> None:
    with node(api, folder) as running:
        said, _ = running.communicate(timeout=60)
    job = loaded(store, said.strip())
    assert (running.returncode, job.status, job.permille) == (0, "succeeded", 1000)
    assert (job.result["files"], len(job.result["sha256"])) == (3, 64)
    assert (job.steps["read"].current, job.steps["read"].total, job.steps["read"].unit) == (3, 3, "files")
    assert Audit(store).look(job.id) is None


def test_a_node_program_that_is_cancelled_stops_and_says_so(api: Api, store: PostgresStore, folder: Path) -> None:
    for number in range(3_000):
        (folder / f"{number}.txt").touch()
    with node(api, folder) as running:
        assert running.stdout is not None
        job_id = running.stdout.readline().strip()
        eventually(lambda: api.job(job_id)["step"] == "read")
        assert api.post(f"/v1/jobs/{job_id}/cancel").status_code == 202
        running.wait(timeout=60)
    job = loaded(store, job_id)
    assert (running.returncode, job.status) == (0, "cancelled")
    assert job.steps["read"].current < 3_000
