"""Batches of producers: each number once, one after the other, for each job, attempt and producer."""

from __future__ import annotations

import pytest

from headway.core import commands as c
from headway.core.plan import parse_plan
from headway.stores.protocol import BatchMark, Store
from tests.stores.lives import Life, commit_of, untold

PLAN = parse_plan(["scan", ("load", 2)], open=True)


def test_nobody_is_told_of_a_commit_of_marks_alone(store: Store) -> None:
    life = Life(store).begun()
    before, last = store.horizon().reach, life.position
    assert life.tell(marks=[BatchMark("p", 0, 1, lease="l")]) >= last
    assert store.load(life.id) == life.job
    assert untold(store, before)


def test_marks_alone_need_the_present_state_too(store: Store) -> None:
    life = Life(store).begun()
    late = commit_of(life.job, marks=[BatchMark("p", 1, 1)])
    life.tell(c.Note(message="first"))
    assert store.commit([late]) == [None]
    assert store.last_batch(life.id, 1, "p") == 0


def test_batches_of_a_producer_follow_each_other(store: Store) -> None:
    life = Life(store).begun()
    for seq in (1, 2, 3):
        life.tell(c.Advance(delta=1), marks=[BatchMark("p", seq, 1)])
    for wrong in (3, 1, 5):
        assert store.commit([commit_of(life.job, c.Advance(delta=1), marks=[BatchMark("p", wrong, 1)])]) == [None]
    assert store.load(life.id) == life.job
    assert store.last_batch(life.id, 1, "p") == 3


@pytest.mark.parametrize("first", [2, 3, 1000])
def test_a_producer_begins_with_its_first_batch(store: Store, first: int) -> None:
    life = Life(store).begun()
    assert store.commit([commit_of(life.job, c.Advance(delta=1), marks=[BatchMark("p", first, 1)])]) == [None]
    assert store.last_batch(life.id, 1, "p") == 0


def test_several_batches_fit_into_one_commit(store: Store) -> None:
    life = Life(store).begun()
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 1), BatchMark("q", 1, 1), BatchMark("p", 2, 1)])
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 3, 1), BatchMark("p", 4, 1)])
    for wrong in ([("p", 5), ("p", 7)], [("p", 6), ("p", 5)], [("r", 2), ("r", 1)]):
        marks = [BatchMark(producer, seq, 1) for producer, seq in wrong]
        assert store.commit([commit_of(life.job, c.Advance(delta=1), marks=marks)]) == [None]
    assert (store.last_batch(life.id, 1, "p"), store.last_batch(life.id, 1, "q")) == (4, 1)


def test_the_batches_of_many_jobs_fit_into_one_group(store: Store) -> None:
    lives = [Life(store, "scan").begun() for _ in range(4)]
    for seq in (1, 2, 3):
        marks = [[BatchMark("p", seq, 1)], [BatchMark("p", seq, 1), BatchMark("q", seq, 1)], [], [BatchMark("r", 0, 1)]]
        commits = [
            commit_of(life.job, c.Note(message="a"), marks=mine) for life, mine in zip(lives, marks, strict=True)
        ]
        assert None not in store.commit(commits)
        for life, commit in zip(lives, commits, strict=True):
            life.job = commit.after
    wrong = [BatchMark("p", 4, 1), BatchMark("q", 5, 1)]
    late = [commit_of(life.job, c.Note(message="b"), marks=wrong) for life in lives]
    right = commit_of(lives[3].job, c.Note(message="b"), marks=[BatchMark("r", 1, 1)])
    assert [answer is None for answer in store.commit([*late[:3], right])] == [True, True, True, False]
    seen = [store.last_batch(life.id, 1, who) for life in lives for who in "pqr"]
    assert seen == [3, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 1]


def test_numbers_run_for_each_job_attempt_and_producer(store: Store) -> None:
    one, other = Life(store).begun(), Life(store).begun()
    one.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 1)])
    one.tell(c.Attach(takeover=True), marks=[BatchMark("p", 0, 2)])
    one.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 2), BatchMark("q", 1, 2)])
    other.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 1)])
    seen = [store.last_batch(one.id, attempt, who) for attempt in (1, 2, 3) for who in "pq"]
    assert seen == [1, 0, 1, 1, 0, 0]


def test_producers_that_take_turns_keep_their_numbers(store: Store) -> None:
    """Whoever wrote last, and whether a batch changed anything or not."""
    life = Life(store).begun()
    last = dict.fromkeys("pqr", 0)
    for turn in "ppqqpprqrqpppqrrp":
        last[turn] += 1
        mark = BatchMark(producer=turn, seq=last[turn], attempt=1, lease=f"lease of {turn}")
        commands = () if last[turn] % 3 == 0 else (c.Note(message=turn),)  # every third batch is empty
        life.tell(*commands, marks=(mark,))
        for producer, seq in last.items():
            assert store.last_batch(life.id, 1, producer) == seq
            for wrong in (seq, seq + 2) if seq else (seq + 2,):
                refused = commit_of(life.job, c.Note(message="x"), marks=(mark._replace(producer=producer, seq=wrong),))
                assert store.commit([refused]) == [None]


def test_numbers_of_an_attempt_outlive_it(store: Store) -> None:
    life = Life(store).begun()
    for seq in (1, 2, 3):
        life.tell(c.Advance(delta=1), marks=(BatchMark(producer="p", seq=seq, attempt=1),))
    life.tell(c.Attach(takeover=True), marks=(BatchMark(producer="q", seq=0, attempt=2),))
    life.tell(c.Advance(delta=1), marks=(BatchMark(producer="p", seq=1, attempt=2),))
    life.tell(c.Advance(delta=1), marks=(BatchMark(producer="p", seq=2, attempt=2),))
    assert [store.last_batch(life.id, attempt, "p") for attempt in (1, 2)] == [3, 2]


def test_registering_a_producer_again_keeps_its_number(store: Store) -> None:
    life = Life(store).begun()
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 1)])
    life.tell(marks=[BatchMark("p", 0, 1, lease="l")])
    assert store.last_batch(life.id, 1, "p") == 1
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 2, 1)])
