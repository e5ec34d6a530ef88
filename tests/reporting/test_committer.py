"""Requests become stored changes once, on the newest state, or are refused by name."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from headway.core import commands as c
from headway.core.create import check_facts
from headway.core.errors import (
    BatchGap,
    Fenced,
    HeadwayError,
    IllegalTransition,
    JobExists,
    StoreUnavailable,
    UnknownJob,
)
from headway.core.job import Job
from headway.core.plan import parse_plan
from headway.reporting.batch import Ack, Batch
from headway.reporting.committer import Committer
from tests.reporting.stores import MoodyStore
from tests.scale import Scale
from tests.waiting import eventually


class Bench:
    """A committer with a clock that stands still, and short ways to use it."""

    def __init__(self, store: MoodyStore) -> None:
        self.store = store
        self.committer = Committer(store, clock=lambda: 1_000_000)

    def running(self, **facts: Any) -> Job:
        made = check_facts("report", id=str(uuid.uuid4()), now=0, **facts)
        job = self.committer.create(made, parse_plan([]))
        return self.committer.attach(job.id, producer="p", lease=None)[0]

    def send(self, job: Job, seq: int, *items: c.Report, producer: str = "p", attempt: int = 1) -> Ack:
        return self.committer.report(
            Batch(job_id=job.id, attempt=attempt, producer=producer, producer_seq=seq, items=items)
        )


@pytest.fixture
def bench(store: MoodyStore) -> Bench:
    return Bench(store)


def test_a_repeated_batch_is_answered_and_counts_once(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    for _ in range(3):
        assert bench.send(job, 1, c.Advance(delta=5)).outcome == "stored"
    assert store.jobs_current(job.id) == 5


def test_a_gap_is_refused_with_the_number_to_send(bench: Bench) -> None:
    job = bench.running()
    with pytest.raises(BatchGap, match="1 was expected"):
        bench.send(job, 2, c.Note(message="x"))


def test_a_refused_batch_stores_none_of_its_items_and_consumes_no_number(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    with pytest.raises(HeadwayError) as refused:
        bench.send(job, 1, c.Advance(delta=5), c.FinishStep(step="nothing"))
    assert refused.value.index == 1
    assert store.jobs_current(job.id) == 0
    bench.send(job, 1, c.Advance(delta=1))
    assert store.jobs_current(job.id) == 1


def test_empty_items_are_legal(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    assert bench.send(job, 1).version == job.version
    assert bench.send(job, 2, c.Advance(delta=1)).version == job.version + 1


def test_a_batch_whose_answer_was_lost_is_repeated_without_effect(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    store.loses_answers = 1
    with pytest.raises(StoreUnavailable):
        bench.send(job, 1, c.Advance(delta=5))
    bench.send(job, 1, c.Advance(delta=5))
    assert store.jobs_current(job.id) == 5


def test_a_batch_that_never_arrived_is_written_when_it_is_repeated(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    store.away = True
    with pytest.raises(StoreUnavailable):
        bench.send(job, 1, c.Advance(delta=5))
    store.away = False
    bench.send(job, 1, c.Advance(delta=5))
    assert store.jobs_current(job.id) == 5


def test_the_refusal_of_a_superseded_producer_is_history_once(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    bench.committer.attach(job.id, producer="q", lease=None, takeover=True)
    for _ in range(3):
        with pytest.raises(Fenced):
            bench.send(job, 1, c.Note(message="late"))
    assert [event.type for event in store.history(job.id)][-2:] == ["superseded", "report_refused"]


def test_a_lost_race_is_decided_again_on_the_state_that_won(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    other = Bench(store)
    bench.send(job, 1, c.Advance(delta=1))
    other.send(job, 1, c.Advance(delta=10), producer="q")
    bench.send(job, 2, c.Advance(delta=100))
    other.send(job, 2, c.Advance(delta=1000), producer="q")
    assert store.jobs_current(job.id) == 1111


def test_a_refusal_is_never_decided_on_a_state_that_is_only_remembered(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    bench.send(job, 1, c.Succeed())
    other = Bench(store)
    other.committer.ask(job.id, c.Retry())
    other.committer.attach(job.id, producer="q", lease=None)
    with pytest.raises(Fenced):  # and not "it has ended", which is no longer so
        bench.send(job, 2, c.Note(message="x"))
    assert bench.send(job, 1, c.Note(message="x"), attempt=2).attempt == 2


def test_asking_for_what_is_so_already_looks_at_the_store(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    bench.send(job, 1, c.Fail(error="x"))
    bench.committer.ask(job.id, c.Retry())
    other = Bench(store)
    other.committer.attach(job.id, producer="q", lease=None)
    with pytest.raises(IllegalTransition, match="cancel it first"):
        bench.committer.ask(job.id, c.Retry())


def test_creating_the_same_job_twice_is_creating_it_once(bench: Bench, store: MoodyStore) -> None:
    def facts(kind: str = "report") -> Any:
        return check_facts(kind, id="01a20220-aea3-77d7-b73d-752de7f4bad6", now=0)

    first = bench.committer.create(facts(), parse_plan(["a"]))
    assert bench.committer.create(facts(), parse_plan(["a"])).id == first.id
    assert len(store.history(first.id)) == 1
    with pytest.raises(JobExists):
        bench.committer.create(facts("other"), parse_plan(["a"]))


def test_an_unknown_job_is_named_and_the_others_of_the_group_are_stored(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    unknown = str(uuid.uuid4())
    answers = bench.committer.report_many(
        [
            Batch(job_id=unknown, attempt=1, producer="p", producer_seq=1, items=(c.Advance(delta=1),)),
            Batch(job_id=job.id, attempt=1, producer="p", producer_seq=1, items=(c.Advance(delta=1),)),
        ]
    )
    assert isinstance(answers[0], UnknownJob)
    assert isinstance(answers[1], Ack)
    assert store.jobs_current(job.id) == 1


def test_calls_that_come_together_share_a_transaction(bench: Bench, store: MoodyStore) -> None:
    jobs = [bench.running() for _ in range(8)]
    store.groups.clear()
    store.entered.clear()
    with ThreadPoolExecutor(8) as pool:
        store.hold = threading.Event()
        first = pool.submit(bench.send, jobs[0], 1, c.Note(message="x"))
        assert store.entered.wait(10)
        rest = [pool.submit(bench.send, job, 1, c.Note(message="x")) for job in jobs[1:]]
        _until_queued(bench, 7)
        store.hold.set()
        assert all(call.result(10).outcome == "stored" for call in (first, *rest))
    assert store.groups == [1, 7]


def test_several_batches_of_one_job_in_one_group_are_all_stored(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()
    answers = bench.committer.report_many(
        [
            Batch(job_id=job.id, attempt=1, producer=name, producer_seq=1, items=(c.Advance(delta=1),))
            for name in "abcde"
        ]
    )
    assert all(isinstance(answer, Ack) for answer in answers)
    assert store.jobs_current(job.id) == 5


def test_many_threads_on_one_job_lose_nothing(bench: Bench, store: MoodyStore) -> None:
    job = bench.running()

    def work(name: str) -> None:
        for seq in range(1, 51):
            bench.send(job, seq, c.Advance(delta=1), c.Note(message=name), producer=name)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, "abcdefgh"))
    assert store.jobs_current(job.id) == 400
    assert [event.seq for event in store.history(job.id, limit=1000)] == list(range(1, 403))


@pytest.mark.parametrize("ending", [lambda b, j: b.send(j, 1, c.Succeed()), lambda b, j: b.send(j, 1, c.Cancel())])
def test_cancel_races_the_end_and_one_terminal_state_remains(
    store: MoodyStore, ending: Callable[[Bench, Job], Ack], scale: Scale
) -> None:
    for _ in range(scale(100, 10_000)):
        one, two = Bench(store), Bench(store)
        job = one.running()
        with ThreadPoolExecutor(2) as pool:
            ended = pool.submit(ending, one, job)
            asked = pool.submit(two.committer.ask, job.id, c.RequestCancel())
            assert ended.exception(10) is None
            assert asked.exception(10) is None or isinstance(asked.exception(), IllegalTransition)
        types = [event.type for event in store.history(job.id)]
        assert sum(name in ("succeeded", "cancelled") for name in types) == 1


def _until_queued(bench: Bench, turns: int) -> None:
    eventually(lambda: len(bench.committer._group._turns) == turns)
