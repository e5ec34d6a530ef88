"""What a worker's handle promises: how an attempt begins, what it reports, how it ends."""

from __future__ import annotations

import contextvars
import gc
from pathlib import Path
from typing import Any

import pytest

import headway
from headway.core.errors import Cancelled, Fenced, IllegalTransition, InvalidReport, UnknownJob, UnknownStep
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


def types(store: MoodyStore, job_id: str) -> list[str]:
    return [event.type for event in store.history(job_id, limit=1000)]


def test_leaving_the_with_succeeds_with_the_result_that_was_set(reporter: Reporter) -> None:
    with reporter.start("report", steps=["render"]) as job:
        job.result = {"pages": 3}
    seen = job.snapshot()
    assert (seen["status"], seen["result"], seen["progress"]["percent"]) == ("succeeded", {"pages": 3}, 100.0)


def test_an_exception_fails_the_job_and_goes_on_its_way(reporter: Reporter, store: MoodyStore) -> None:
    with pytest.raises(ZeroDivisionError), reporter.start("report") as job:
        job.update(current=4, total=10)
        raise ZeroDivisionError("no pages")
    seen = job.snapshot()
    assert (seen["status"], seen["reason"], seen["error"]) == ("failed", "error", "no pages")
    assert seen["progress"]["percent"] == 40.0
    failed = store.history(job.id)[-1]
    assert failed.detail["type"] == "ZeroDivisionError"
    assert "raise ZeroDivisionError" in failed.detail["traceback"]


@pytest.mark.parametrize("leaving", [KeyboardInterrupt(), SystemExit(3)])
def test_an_interrupt_and_an_exit_fail_the_job(reporter: Reporter, leaving: BaseException) -> None:
    with pytest.raises(type(leaving)), reporter.start("report") as job:
        raise leaving
    assert job.snapshot()["status"] == "failed"


def test_a_step_is_ended_by_its_name_whoever_began_it(reporter: Reporter, store: MoodyStore) -> None:
    first = reporter.start("report", steps=["scan", "render", "mail"])
    first.step("scan")
    other = reporter.attach(first.id)
    assert other.finish("scan", "ten pages", detail={"pages": 10}) == "stored"
    assert other.fail_step("render", ValueError("no ink")) == "stored"
    steps = other.snapshot()["steps"]
    assert [(step["status"], step["message"], step["error"]) for step in steps] == [
        ("succeeded", "ten pages", None),
        ("failed", "no ink", "no ink"),
        ("pending", None, None),
    ]
    assert types(store, first.id)[2:] == ["step_started", "step_succeeded", "step_failed"], "none is begun to be ended"


def test_an_explicit_end_makes_leaving_silent(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        job.fail("the file is damaged")
    assert job.snapshot()["error"] == "the file is damaged"


def test_after_the_end_every_report_is_refused(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        pass
    for report in (lambda: job.note("late"), lambda: job.step("x"), lambda: job.succeed(), lambda: job.fail("x")):
        with pytest.raises(IllegalTransition, match="ended"):
            report()


def test_a_handle_that_joined_only_detaches(reporter: Reporter) -> None:
    with reporter.start("report") as job:
        with reporter.attach(job.id) as joined:
            joined.advance(2)
        assert job.snapshot()["status"] == "running"
        assert job.snapshot()["progress"]["current"] == 2
    assert job.snapshot()["status"] == "succeeded"


def test_counts_of_two_producers_add_up(reporter: Reporter) -> None:
    with reporter.start("report") as job, reporter.attach(job.id) as other:
        for _ in range(100):
            job.advance()
            other.advance(2)
        job.flush()
        assert job.snapshot()["progress"]["current"] == 300


def test_a_created_job_waits_for_a_worker(reporter: Reporter) -> None:
    made = reporter.create("report", project="acme", subject="file:42", labels={"ref": "main"})
    seen = reporter.get(made.id)
    assert (seen["status"], seen["project"], seen["subject"]) == ("pending", "acme", "file:42")
    with pytest.raises(IllegalTransition, match="attach to it first"):
        made.note("too early")
    with reporter.attach(made.id) as job:
        assert job.kind == "report"
    assert reporter.get(made.id)["status"] == "succeeded"


def test_a_known_external_id_is_the_same_job_and_a_new_attempt(reporter: Reporter) -> None:
    first = reporter.start("report", external_id="celery-7")
    first.retry("connection reset")
    again = reporter.start("report", external_id="celery-7")
    assert again.id == first.id
    assert again.attempt == 2


def test_a_started_job_is_born_running_in_one_write(reporter: Reporter) -> None:
    job = reporter.start("report", steps=["render"])
    assert reporter.counts().commits == 1
    assert [(event["type"], event["seq"]) for event in reporter.history(job.id)] == [("created", 1), ("started", 2)]
    assert job.note("at work") == "stored"
    assert reporter.counts().commits == 2
    job.succeed()


def test_a_job_cannot_be_started_in_a_transaction_of_ones_own(reporter: Reporter) -> None:
    with pytest.raises(InvalidReport, match="only once you commit"):
        reporter.start("report", connection=object())
    assert reporter.jobs() == []


def test_an_unknown_job_is_named(reporter: Reporter) -> None:
    with pytest.raises(UnknownJob, match="check the id"):
        reporter.attach("01a20220-aea3-77d7-b73d-752de7f4bad6")


def test_an_unknown_step_is_refused_with_the_steps_that_there_are(reporter: Reporter) -> None:
    with reporter.start("report", steps=["scan", "load"]) as job:
        with pytest.raises(UnknownStep, match="scan, load"):
            job.step("lode")
        assert job.snapshot()["status"] == "running"


def test_a_step_without_with_ends_with_the_next(reporter: Reporter, store: MoodyStore) -> None:
    with reporter.start("report", steps=["scan", "load"]) as job:
        job.step("scan")
        job.step("load")
    assert types(store, job.id)[2:] == ["step_started", "step_succeeded", "step_started", "step_succeeded", "succeeded"]


def test_steps_in_a_with_may_overlap(reporter: Reporter) -> None:
    with reporter.start("report", steps=["scan", "load"]) as job, job.step("scan"), job.step("load"):
        assert [step["status"] for step in job.snapshot()["steps"]] == ["running", "running"]


def test_an_exception_in_a_step_fails_the_step_and_the_job(reporter: Reporter) -> None:
    with pytest.raises(ValueError, match="page 3"), reporter.start("report", steps=["scan"]) as job, job.step("scan"):
        raise ValueError("page 3 is blank")
    seen = job.snapshot()
    assert (seen["status"], seen["steps"][0]["status"], seen["steps"][0]["error"]) == (
        "failed",
        "failed",
        "page 3 is blank",
    )


def test_a_step_that_fails_alone_leaves_the_job_running(reporter: Reporter) -> None:
    with reporter.start("report", steps=["scan", "mail"]) as job:
        job.step("mail").fail("no server")
        job.step("scan").skip("nothing to scan")
    seen = job.snapshot()
    assert [step["status"] for step in seen["steps"]] == ["skipped", "failed"]
    assert seen["status"] == "succeeded"


def test_a_cancel_is_raised_in_the_work_and_acknowledged_by_leaving(reporter: Reporter) -> None:
    def work() -> None:
        with reporter.start("report") as job:
            held.append(job)
            reporter.cancel(job.id)
            eventually(lambda: job.cancelled)
            job.advance()

    held: list[headway.JobHandle] = []
    with pytest.raises(Cancelled):
        work()
    seen = held[0].snapshot()
    assert seen["status"] == "cancelled"
    assert seen["cancel_requested_at"] is not None


def test_a_loop_hears_of_a_cancel(reporter: Reporter) -> None:
    job = reporter.start("report")

    def endless() -> Any:
        while True:
            reporter.flush()
            yield

    reporter.cancel(job.id)
    with pytest.raises(Cancelled):
        for _ in job.track(endless()):
            pass


def test_work_that_is_done_may_succeed_though_it_was_asked_to_stop(reporter: Reporter) -> None:
    job = reporter.start("report")
    reporter.cancel(job.id)
    eventually(lambda: job.cancelled)
    job.succeed()
    assert job.snapshot()["status"] == "succeeded"


def test_a_superseded_worker_is_told_and_changes_nothing(reporter: Reporter, store: MoodyStore) -> None:
    old = reporter.start("report", steps=["scan"])
    new = reporter.attach(old.id, takeover=True)
    assert new.attempt == 2
    with pytest.raises(Fenced, match="superseded by attempt 2"):
        old.step("scan")
    with pytest.raises(Fenced):
        old.advance()
    assert reporter.get(old.id)["steps"][0]["status"] == "pending"
    assert types(store, old.id).count("report_refused") <= 1


def test_leaving_after_being_fenced_says_nothing(reporter: Reporter) -> None:
    with pytest.raises(Fenced), reporter.start("report") as job:
        reporter.attach(job.id, takeover=True)
        job.note("I am the old one")
    assert job.snapshot()["status"] == "running"


def test_a_retry_waits_and_the_next_attach_is_a_new_attempt(reporter: Reporter) -> None:
    job = reporter.start("report", steps=["scan"])
    job.step("scan")
    job.retry(ConnectionError("reset by peer"))
    seen = job.snapshot()
    assert (seen["status"], seen["reason"], seen["error"]) == ("waiting", "retry", "reset by peer")
    with reporter.attach(job.id) as again:
        assert again.attempt == 2
        assert job.snapshot()["error"] is None


def test_the_current_job_is_the_innermost_with(reporter: Reporter) -> None:
    assert headway.current() is None
    with reporter.start("outer") as outer:
        assert headway.current() is outer
        with reporter.start("inner") as inner:
            assert headway.current() is inner
        assert headway.current() is outer
    assert headway.current() is None


def test_a_dropped_handle_no_longer_holds_its_job(reporter: Reporter, store: MoodyStore) -> None:
    job_id = reporter.start("report").id
    gc.collect()
    eventually(lambda: [holding.lease for holding in store.holdings() if holding.job_id == job_id] == [None])
    assert reporter.get(job_id)["status"] == "running"


def test_a_detached_handle_leaves_its_last_counts(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    job.advance(7)
    job.detach()
    assert store.jobs_current(job.id) == 7
    assert [holding.lease for holding in store.holdings()] == [None]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda job: job.advance(-1), "delta"),
        (lambda job: job.advance(1.5), "delta"),
        (lambda job: job.advance(True), "delta"),
        (lambda job: job.update(current=-1), "current"),
        (lambda job: job.update(total=float("nan")), "total"),
        (lambda job: job.update(current=11, total=10), "current"),
        (lambda job: job.update(message="x" * 2001), "message"),
        (lambda job: job.note(""), "message"),
        (lambda job: job.note("fine", detail={"x": float("inf")}), "detail"),
        (lambda job: job.add_steps(["a", "a"]), "steps"),
        (lambda job: job.wait("tea"), "reason"),
        (lambda job: job.step("a\x00b"), "step"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(reporter: Reporter, wrong: Any, field: str) -> None:
    with reporter.start("report") as job:
        before = job.snapshot()
        with pytest.raises(InvalidReport) as refused:
            wrong(job)
        assert refused.value.field == field
        job.flush()
        after = job.snapshot()
        assert (after["seq"], after["progress"]) == (before["seq"], before["progress"])


def test_a_child_knows_its_parent(reporter: Reporter) -> None:
    with reporter.start("batch", steps=["files"]) as job:
        child = job.child("file", step="files", subject="file:1")
        assert reporter.get(child.id)["parent_id"] == job.id


def test_an_exception_in_a_step_goes_on_its_way_though_the_job_was_asked_to_stop(reporter: Reporter) -> None:
    with pytest.raises(ZeroDivisionError) as raised, reporter.start("report", steps=["scan"]) as job, job.step("scan"):
        job.cancel()
        job._producer.told(attempt=1, cancel_requested=True)
        raise ZeroDivisionError("no pages")
    assert any("step scan" in note for note in raised.value.__notes__)
    assert job.snapshot()["error"] == "no pages"


def test_leaving_in_another_context_still_tells_the_end(reporter: Reporter) -> None:
    job = reporter.start("report")
    contextvars.copy_context().run(job.__enter__)
    contextvars.copy_context().run(job.__exit__, None, None, None)
    assert job.snapshot()["status"] == "succeeded"


def test_an_exception_goes_on_its_way_though_nothing_can_be_told(store: MoodyStore, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with Reporter(StoreLink(store), spool=blocked / "spool", flush_s=10) as reporter:
        with pytest.raises(ZeroDivisionError), reporter.start("report"):
            store.away = True
            raise ZeroDivisionError
        store.away = False


def test_a_step_that_is_refused_leaves_the_one_before_it_open(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report", steps=["scan", "load"])
    job.step("scan")
    with pytest.raises(UnknownStep):
        job.step("typo")
    job.step("load")
    assert types(store, job.id)[-2:] == ["step_succeeded", "step_started"]
