"""Ticks reach the store in few writes, the newest always; a silent worker hears what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from headway.core.errors import Cancelled, Fenced, StoreUnavailable
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


@pytest.fixture
def slow(store: MoodyStore, tmp_path: Path) -> Reporter:
    """A reporter whose loop hardly ever turns: what is written is written by hand."""
    return Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=10)


def test_all_ticks_of_a_process_are_one_write(slow: Reporter, store: MoodyStore) -> None:
    jobs = [slow.start("report") for _ in range(5)]
    slow.flush()
    store.groups.clear()
    for job in jobs:
        for _ in range(1000):
            job.advance()
        job.update(message="busy")
    slow.flush()
    assert store.groups == [5]
    assert [store.jobs_current(job.id) for job in jobs] == [1000] * 5
    slow.close()


def test_nothing_to_tell_is_no_write(slow: Reporter, store: MoodyStore) -> None:
    slow.start("report")
    slow.flush()
    store.groups.clear()
    slow.flush()
    assert store.groups == []
    slow.close()


def test_a_transition_carries_what_was_counted_before_it(slow: Reporter, store: MoodyStore) -> None:
    job = slow.start("report")
    job.advance(7)
    job.note("seven")
    noted = store.history(job.id)[-1]
    assert (noted.type, noted.job["current"]) == ("noted", 7)
    slow.close()


def test_the_newest_tick_arrives_without_another_call(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    job.update(current=3, total=9, message="three")
    eventually(lambda: (seen := store.load(job.id)) and (seen.current, seen.message) == (3, "three"))


def test_closing_brings_what_was_counted(slow: Reporter, store: MoodyStore) -> None:
    job = slow.start("report")
    job.advance(7)
    slow.close()
    assert store.jobs_current(job.id) == 7


def test_a_worker_that_reports_nothing_hears_that_it_should_stop(reporter: Reporter) -> None:
    cancelled, superseded = reporter.start("report"), reporter.start("report")
    reporter.cancel(cancelled.id)
    reporter.attach(superseded.id, takeover=True)
    eventually(lambda: cancelled.cancelled)
    with pytest.raises(Cancelled):
        cancelled.advance()

    def fenced() -> bool:
        try:
            superseded.advance()
        except Fenced:
            return True
        return False

    eventually(fenced)


def test_the_lease_beats_while_the_worker_is_silent(store: MoodyStore, tmp_path: Path) -> None:
    with Reporter(StoreLink(store, lease_s=0.3), spool=tmp_path, flush_s=0.01, lease_s=0.3) as reporter:
        held = reporter.start("report")

        def beat() -> int:
            lease = store.holdings()[0].lease
            return lease.beat if lease else 0

        first = beat()
        eventually(lambda: beat() >= first + 3)
        held.succeed()


def test_closing_ends_the_lease(store: MoodyStore, tmp_path: Path) -> None:
    reporter = Reporter(StoreLink(store), spool=tmp_path)
    held = reporter.start("report")
    reporter.close()
    assert [holding.lease for holding in store.holdings()] == [None]
    assert store.jobs_current(held.id) == 0


def test_a_forked_handle_whose_job_has_ended_holds_up_no_other(
    slow: Reporter, store: MoodyStore, caplog: pytest.LogCaptureFixture
) -> None:
    ended, job = slow.start("report"), slow.start("report")
    slow.attach(ended.id).succeed()
    ended._producer.after_fork()
    ended.advance()
    job.advance(3)
    slow.flush()
    assert store.jobs_current(job.id) == 3
    assert ended.id in caplog.text
    slow.close()


def test_a_pulse_alone_does_not_make_a_forked_child_take_part(slow: Reporter, store: MoodyStore) -> None:
    job = slow.start("report")
    job._producer.after_fork()
    assert job._producer.ticks(pulse=True) is None
    slow.close()


def test_a_lease_that_cannot_be_ended_does_not_keep_the_store_open(
    slow: Reporter, store: MoodyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    def away(lease_id: str) -> None:
        raise StoreUnavailable(store.url, "is away")

    slow.start("report")
    monkeypatch.setattr(store, "release", away)
    monkeypatch.setattr(store, "close", lambda: closed.append(True))
    slow.close()
    assert closed == [True]


def test_news_that_could_not_be_read_are_asked_for_again(
    slow: Reporter, store: MoodyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(job_ids: object) -> None:
        raise StoreUnavailable(store.url, "is away")

    job = slow.start("report")
    link = slow._outbox.link
    link.news([job.id])
    job.cancel()
    with monkeypatch.context() as broken:
        broken.setattr(store, "load_many", away)
        with pytest.raises(StoreUnavailable):
            link.news([job.id])
    assert [item.cancel_requested for item in link.news([job.id])] == [True]
    slow.close()


def test_counts_of_a_worker_that_leaves_while_the_store_is_away_wait_in_the_spool(
    slow: Reporter, store: MoodyStore, tmp_path: Path
) -> None:
    job = slow.start("report")
    store.away = True
    job.note("away")
    job.advance(3)
    slow.close()
    store.away = False
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=10) as other:
        assert other._outbox.recover()
    assert store.jobs_current(job.id) == 3
