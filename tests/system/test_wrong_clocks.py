"""Owns the proof that a worker whose clock is an hour off is told like any other, and is not called lost for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headway.core.changes import fold
from headway.reporting.committer import Committer, now_us
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.reporting.sweeper import Sweeper
from headway.stores.address import open_store
from headway.stores.protocol import Store
from headway.stores.reach import up_to
from tests.cli.programs import run as headway
from tests.system.judging import whole_history

HOUR_US = 3_600 * 1_000_000


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}" if request.param == "sqlite" else request.getfixturevalue("database")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with contextlib.closing(open_store(url)) as store:
        yield store


@pytest.fixture
def worker(url: str, tmp_path: Path) -> Iterator[Callable[[int], Reporter]]:
    with contextlib.ExitStack() as workers:

        def hire(off_us: int) -> Reporter:
            def clock() -> int:
                return now_us() + off_us

            link = StoreLink(open_store(url), clock=clock)
            return workers.enter_context(Reporter(link, spool=tmp_path / str(off_us), clock=clock))

        yield hire


@pytest.mark.parametrize("off_us", [-HOUR_US, HOUR_US], ids=["an hour late", "an hour early"])
def test_workers_whose_clocks_disagree_tell_one_job_in_order(
    off_us: int, store: Store, url: str, worker: Callable[[int], Reporter]
) -> None:
    right, wrong = worker(0), worker(off_us)
    sweeper = Sweeper(store, Committer(store))
    began = right.start("index", steps=["scan", "load"])
    joined = wrong.attach(began.id)
    with began.step("scan") as step:
        for number in range(10):
            for one in (began, joined):
                one.note(f"note {number}")
            step.advance()
        assert sweeper.sweep() == []
    with joined.step("load") as step:
        step.advance(5)
    joined.succeed()
    history = whole_history(store, began.id)
    assert [event.seq for event in history] == list(range(1, len(history) + 1))
    assert [event.message for event in history if event.type == "noted"] == [f"note {n // 2}" for n in range(20)]
    job = store.load(began.id)
    assert job is not None
    assert (job.status, fold(job.facts, history)) == ("succeeded", job)
    told = store.delta(up_to(0), limit=1000).events
    assert [stored.event.seq for stored in told] == [event.seq for event in history]
    audit = headway("verify", store=url)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert "after -" not in headway("show", job.id, store=url).stdout
