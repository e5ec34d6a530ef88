"""Leases are judged by watching: only a beat that this sweeper saw standing still for a whole lease is dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from headway.core import commands as c
from headway.reporting.committer import Committer
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.reporting.sweeper import Sweeper
from tests.clock import Clock
from tests.reporting.stores import MoodyStore


@pytest.fixture
def sweeper(store: MoodyStore, clock: Clock) -> Sweeper:
    return Sweeper(store, Committer(store), monotonic=clock)


@pytest.fixture
def quiet(store: MoodyStore, tmp_path: Path) -> Reporter:
    """A reporter whose loop does not turn by itself: its lease beats when the test says so."""
    return Reporter(StoreLink(store), spool=tmp_path, flush_s=100)


def health(store: MoodyStore, job_id: str) -> str:
    job = store.load(job_id)
    assert job is not None
    return job.health


def test_a_lease_that_stands_still_for_its_whole_length_is_dead(
    sweeper: Sweeper, quiet: Reporter, store: MoodyStore, clock: Clock
) -> None:
    job = quiet.start("report")
    assert sweeper.sweep() == []
    clock.now += 29.9
    assert sweeper.sweep() == []
    clock.now += 0.2
    assert sweeper.sweep() == [job.id]
    seen = quiet.get(job.id)
    assert (seen["status"], seen["health"]) == ("running", "lost")


def test_a_beat_starts_the_patience_anew(sweeper: Sweeper, quiet: Reporter, store: MoodyStore, clock: Clock) -> None:
    job = quiet.start("report")
    for _ in range(5):
        sweeper.sweep()
        clock.now += 20
        quiet._outbox.link.beat()
    sweeper.sweep()
    assert health(store, job.id) == "ok"


def test_a_sweeper_that_was_away_itself_condemns_nobody(
    sweeper: Sweeper, quiet: Reporter, store: MoodyStore, clock: Clock
) -> None:
    job = quiet.start("report")
    clock.now += 3600  # first look after an hour: it has seen nothing stand still
    assert sweeper.sweep() == []
    assert health(store, job.id) == "ok"


def test_a_worker_that_comes_back_is_found_again(
    sweeper: Sweeper, quiet: Reporter, store: MoodyStore, clock: Clock
) -> None:
    job = quiet.start("report")
    sweeper.sweep()
    clock.now += 31
    sweeper.sweep()
    quiet._outbox.link.beat()
    assert sweeper.sweep() == [job.id]
    assert health(store, job.id) == "ok"
    assert [event.type for event in store.history(job.id)][-2:] == ["lost", "found"]


def test_a_report_of_a_lost_worker_finds_it_at_once(
    sweeper: Sweeper, quiet: Reporter, store: MoodyStore, clock: Clock
) -> None:
    job = quiet.start("report")
    sweeper.sweep()
    clock.now += 31
    sweeper.sweep()
    job.note("I was only stopped for a while")
    assert health(store, job.id) == "ok"


def test_a_released_lease_is_lost_at_the_next_look(sweeper: Sweeper, quiet: Reporter, store: MoodyStore) -> None:
    job = quiet.start("report")
    quiet.close()
    assert sweeper.sweep() == [job.id]


def test_one_living_producer_is_enough(
    sweeper: Sweeper, quiet: Reporter, store: MoodyStore, clock: Clock, tmp_path: Path
) -> None:
    job = quiet.start("report")
    other = Reporter(StoreLink(store), spool=tmp_path / "other", flush_s=100)
    joined = other.attach(job.id)
    sweeper.sweep()
    clock.now += 31
    other._outbox.link.beat()
    assert sweeper.sweep() == []
    assert joined.attempt == 1
    other.close()
    assert sweeper.sweep() == [job.id]


def test_a_job_without_a_lease_is_never_lost(
    sweeper: Sweeper, store: MoodyStore, quiet: Reporter, clock: Clock
) -> None:
    made = quiet.create("imported")
    Committer(store).attach(made.id, producer="sql", lease=None)
    sweeper.sweep()
    clock.now += 10_000
    assert sweeper.sweep() == []


def test_a_lost_job_that_was_asked_to_stop_is_cancelled(sweeper: Sweeper, quiet: Reporter, store: MoodyStore) -> None:
    job = quiet.start("report")
    Committer(store).ask(job.id, c.RequestCancel())
    quiet.close()
    sweeper.sweep()
    assert [event.type for event in store.history(job.id)][-2:] == ["cancel_requested", "cancelled"]
