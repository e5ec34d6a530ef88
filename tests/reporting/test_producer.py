"""Numbers and counts of one producer when a report is interrupted, refused or nowhere to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from headway.core.errors import HeadwayError, InvalidReport, StoreUnavailable
from headway.reporting.batch import Ack, Batch
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


class Interrupting(StoreLink):
    """Interrupts the caller once, after the store has written."""

    interrupts = 0

    def report(self, batches: Sequence[Batch]) -> list[Ack | HeadwayError]:
        answers = super().report(batches)
        if self.interrupts:
            self.interrupts -= 1
            raise KeyboardInterrupt
        return answers


def test_an_interrupt_after_the_store_has_written_does_not_swallow_the_next_report(
    store: MoodyStore, tmp_path: Path
) -> None:
    link = Interrupting(store)
    with Reporter(link, spool=tmp_path / "spool", flush_s=10) as reporter:
        job = reporter.start("report")
        with pytest.raises(KeyboardInterrupt), job:
            job.advance(3)
            link.interrupts = 1
            job.note("in the middle")
        seen = store.load(job.id)
        assert seen is not None
        assert (seen.status, seen.current) == ("failed", 3)


def test_a_report_that_could_be_kept_nowhere_takes_no_counts_with_it(store: MoodyStore, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with Reporter(StoreLink(store), spool=blocked / "spool", flush_s=10) as reporter:
        job = reporter.start("report")
        job.advance(3)
        store.loses_answers = 1
        with pytest.raises(StoreUnavailable):
            job.note("one")
        job.advance(4)
        store.away = True
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                job.note("nowhere")
        store.away = False
        assert job.note("two") == "stored"
        assert store.jobs_current(job.id) == 7
        assert [event.message for event in store.history(job.id) if event.type == "noted"] == ["one", "two"]


def test_a_refused_report_takes_no_counts_with_it(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    job.advance(3)
    with pytest.raises(InvalidReport):
        job.note("")
    eventually(lambda: store.jobs_current(job.id) == 3)
    job.advance(2)
    job.note("after")
    assert store.jobs_current(job.id) == 5


def test_a_count_of_a_step_that_another_ended_does_not_refuse_what_comes_with_it(
    store: MoodyStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=10) as reporter:
        job = reporter.start("report", steps=["scan", "load"])
        fellow = reporter.attach(job.id)
        step, theirs = job.step("scan"), fellow.step("scan").__enter__()
        other = fellow.step("load")
        theirs.advance(3)
        other.advance(2)
        step.fail("broken")
        assert fellow.note("done") == "stored"
        assert "progress of job" in caplog.text
        seen = store.load(job.id)
        assert seen is not None
        assert seen.steps["load"].current == 2


def test_a_spooled_end_is_written_though_a_count_with_it_is_refused(
    store: MoodyStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=0.02) as reporter:
        job = reporter.start("report", steps=["scan"])
        store.away = True
        job.advance()  # no step is running: this is nobody's count
        assert job.succeed() == "spooled"
        store.away = False
        eventually(lambda: (seen := store.load(job.id)) and seen.status == "succeeded")
        assert "progress of job" in caplog.text
