"""Owns what tests of the terminal stand on: a store in a file, jobs in it, and the program run in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from headway.cli.desk import Desk
from headway.cli.program import program
from headway.core import commands as c
from headway.core.create import check_facts
from headway.core.ids import uuid7
from headway.core.job import Job
from headway.core.plan import parse_plan
from headway.reporting.batch import Batch
from headway.reporting.committer import Committer
from headway.stores.address import open_store
from headway.stores.protocol import Store

NOW = 1_764_000_000_000_000  # µs
SECOND = 1_000_000


class Works:
    """Jobs in a store, brought by reports alone to where a test wants them. Each report is a second later."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._time = count(NOW - 600 * SECOND, SECOND)
        self.committer = Committer(store, clock=lambda: next(self._time))
        self._made = count(1)
        self._sent: dict[tuple[str, int], int] = {}

    def job(self, *steps: Any, kind: str = "index", running: bool = True, **facts: Any) -> str:
        """The id of a new job; a worker is attached unless told otherwise."""
        now = next(self._time)
        id = uuid7(now, next(self._made).to_bytes(10, "big"))
        self.committer.create(check_facts(kind, id=id, now=now, **facts), parse_plan(steps))
        if running:
            self.committer.attach(id, producer="w", lease=None)
        return id

    def report(self, job_id: str, *items: c.Report) -> None:
        attempt = self.state(job_id).attempt
        seq = self._sent[job_id, attempt] = self._sent.get((job_id, attempt), 0) + 1
        batch = Batch(job_id=job_id, attempt=attempt, producer="w", producer_seq=seq, items=items)
        self.committer.report(batch)

    def ask(self, job_id: str, command: c.Command) -> Job:
        return self.committer.ask(job_id, command)

    def ended(self, how: str) -> str:
        """A job with the steps scan and load that ended in this way."""
        job_id = self.job("scan", "load")
        self.report(job_id, c.StartStep(step="scan"), c.Update(current=3, total=10, unit="pages"))
        endings: dict[str, c.Command] = {
            "succeeded": c.Succeed(result={"pages": 10}),
            "failed": c.Fail(error="page 4 cannot be read"),
            "cancelled": c.Cancel(),
        }
        if how == "lost":
            self.ask(job_id, c.GiveUp(reason="lost", error="its worker was not heard of any more"))
        else:
            self.ask(job_id, endings[how])
        return job_id

    def state(self, job_id: str) -> Job:
        job = self.store.load(job_id)
        assert job is not None
        return job


class Answer:
    """What one call of the program came to."""

    def __init__(self, result: Result) -> None:
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.status = result.exit_code
        self.output = result.stdout
        self.errors = result.stderr

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()

    @property
    def values(self) -> list[Any]:
        """Its output as JSON lines."""
        return [json.loads(line) for line in self.lines]


class Program:
    """`headway` in this process, behind pipes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, *args: str, **environ: str) -> Answer:
        given = {"HEADWAY_STORE": self.url, "TZ": "UTC"} | environ
        return Answer(CliRunner(env=given).invoke(program, args, obj=Desk()))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module whose commands are the same on every store says so: `STORES = ("sqlite", "postgres")`."""
    if "url" in metafunc.fixturenames:
        metafunc.parametrize("url", getattr(metafunc.module, "STORES", ["sqlite"]), indirect=True)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the jobs of a test are."""
    if request.param == "postgres":
        return str(request.getfixturevalue("database"))
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def works(store: Store) -> Works:
    return Works(store)


@pytest.fixture(autouse=True)
def _at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of day at which the commands in this process run."""
    monkeypatch.setattr("headway.cli.desk.now_us", lambda: NOW)


@pytest.fixture
def headway(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    return Program(url)
