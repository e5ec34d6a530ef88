"""Owns the proof that a network that fails in the middle costs a worker a bounded wait, and the store nothing twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headway.core.changes import fold
from headway.core.errors import StoreUnavailable
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.stores.postgres.store import PostgresStore
from tests.postgres.proxy import FaultProxy
from tests.waiting import eventually

PATIENCE_S = 1.0


@pytest.fixture
def network(database: str) -> Iterator[FaultProxy]:
    with FaultProxy(database) as proxy:
        yield proxy
        proxy.heal()


@pytest.fixture
def reporter(network: FaultProxy, tmp_path: Path) -> Iterator[Reporter]:
    store = PostgresStore(network.url, busy_s=PATIENCE_S, bus=None)
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=0.02) as reporter:
        yield reporter


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    """The same database, past the network."""
    with closing(PostgresStore(database, bus=None)) as store:
        yield store


def noted(store: PostgresStore, job_id: str) -> list[str | None]:
    return [event.message for event in store.history(job_id, limit=1000) if event.type == "noted"]


def test_a_network_that_swallows_everything_holds_a_worker_up_for_a_bounded_time(
    reporter: Reporter, network: FaultProxy, store: PostgresStore
) -> None:
    job = reporter.start("index")
    longest = 0.0
    with network.swallowing():
        for number in range(5):
            began = time.monotonic()
            assert job.note(str(number)) == "spooled"
            longest = max(longest, time.monotonic() - began)
    assert longest < 3 * PATIENCE_S
    eventually(lambda: len(noted(store, job.id)) == 5)
    assert noted(store, job.id) == ["0", "1", "2", "3", "4"]


def test_who_follows_finds_out_in_time_that_nobody_answers(network: FaultProxy) -> None:
    with closing(PostgresStore(network.url, busy_s=PATIENCE_S, bus=None)) as follower:
        reach = follower.horizon().reach
        began = time.monotonic()
        with network.swallowing(), pytest.raises(StoreUnavailable, match="does not answer"):
            follower.delta(reach)
        assert time.monotonic() - began < 3 * PATIENCE_S
        found = follower.delta(reach)
        assert not found.events
        assert not found.jobs


@pytest.mark.parametrize("kept", range(0, 60, 20))
def test_a_report_whose_answer_was_lost_is_stored_once(
    reporter: Reporter, network: FaultProxy, store: PostgresStore, kept: int
) -> None:
    job = reporter.start("index")
    job.note("before")
    network.cut(kept, "down")
    assert job.note("cut") == "spooled"
    network.heal()
    assert job.note("after") in ("spooled", "stored")
    eventually(lambda: not reporter._outbox.away)
    assert noted(store, job.id) == ["before", "cut", "after"]
    found = store.load(job.id)
    assert found is not None
    assert fold(found.facts, store.history(job.id)) == found
