"""A reporter knows what it did: what was told, and in how few writes it was stored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headway.core.errors import UnknownStep
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.reporting.tally import Counts
from tests.reporting.stores import MoodyStore


@pytest.fixture
def slow(store: MoodyStore, tmp_path: Path) -> Reporter:
    """A reporter whose loop hardly ever turns: what is written is written by hand."""
    return Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=10)


def test_a_reporter_begins_at_nothing(slow: Reporter) -> None:
    assert slow.counts() == Counts(counted=0, updates=0, transitions=0, flushes=0, commits=0)
    slow.close()


def test_a_thousand_items_are_a_thousand_reports_and_few_writes(slow: Reporter, store: MoodyStore) -> None:
    job = slow.start("report")
    for _ in job.track(range(1000), step="render"):
        pass
    job.note("done")
    job.succeed()
    counts = slow.counts()
    assert (counts.counted, counts.updates, counts.transitions) == (1000, 1, 4)  # the loop tells its total
    assert counts.reports == 1005
    assert counts.commits == len(store.groups) == 5
    slow.close()


def test_every_update_is_counted_though_the_newest_wins(slow: Reporter) -> None:
    job = slow.start("report")
    job.advance(5)
    for current in range(50):
        job.update(current=current, total=50)
    job.advance(2)
    slow.flush()
    slow.flush()
    counts = slow.counts()
    assert (counts.counted, counts.updates, counts.flushes) == (7, 50, 1)
    slow.close()


def test_what_is_not_flushed_yet_is_counted_already(slow: Reporter) -> None:
    job = slow.start("report")
    job.advance(3)
    assert slow.counts().counted == 3
    slow.flush()
    assert slow.counts().counted == 3
    slow.close()


def test_a_refused_report_is_no_report(slow: Reporter) -> None:
    job = slow.start("report", steps=["scan"])
    with pytest.raises(UnknownStep):
        job.step("render")
    assert slow.counts().transitions == 0
    slow.close()


def test_a_spooled_report_counts_once_though_it_is_written_later(slow: Reporter, store: MoodyStore) -> None:
    job = slow.start("report")
    before = slow.counts()
    store.away = True
    assert job.note("while it was away") == "spooled"
    away = slow.counts()
    assert (away.transitions, away.commits) == (before.transitions + 1, before.commits)
    store.away = False
    assert slow.outbox.recover()
    back = slow.counts()
    assert (back.transitions, back.flushes, back.commits) == (away.transitions, away.flushes, away.commits + 1)
    slow.close()


def test_a_forked_child_begins_at_nothing(slow: Reporter) -> None:
    job = slow.start("report")
    job.advance(3)
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tell, b"%d" % slow.counts().reports)
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(told, 10) == b"0"
    assert slow.counts().counted == 3
    os.close(told)
    os.close(tell)
    slow.close()
