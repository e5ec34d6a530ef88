"""What is committed is there, wholly or not at all, and only on the state that it was decided on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from headway.core import commands as c
from headway.core.changes import fold
from headway.core.errors import UnknownJob
from headway.core.plan import parse_plan
from headway.core.record import changed
from headway.stores.protocol import BatchMark, JobQuery, Lease, Store
from tests.stores.lives import NOW, SECOND, Life, birth, commit_of, loaded, new_id, untold

PLAN = parse_plan(["scan", ("load", 2)], open=True)
RICH: dict[str, Any] = {
    "project": "acme",
    "tenant": "t-1",
    "subject": "file:42",
    "external_id": "celery-7",
    "labels": {"ref": "main", "n": 3, "deep": {"é": [1, None, True]}},
    "parent_id": "0192d3a0-7c00-7000-8000-0000000000ff",
    "parent_step": "store",
}


def test_a_created_job_is_there_with_its_facts_and_steps(store: Store) -> None:
    life = Life(store, "scan", ("load", 8), {"name": "up", "weight": 0.1, "group": "uploads"}, **RICH)
    assert store.load(life.id) == life.job
    assert [event.type for event in store.history(life.id)] == ["created"]


@pytest.mark.parametrize(
    "commands",
    [
        (c.Attach(),),
        (c.Attach(), c.StartStep(step="scan"), c.Advance(delta=3)),
        (c.Attach(), c.Update(step=None, message="\x00 \r\n é 🎉 \u2028")),
        (c.Attach(), c.Wait(reason="retry", until=NOW + SECOND, keep_steps=True, error="gone")),
        (c.Attach(), c.StartStep(step="load"), c.Fail(error="x" * 4000, reason="timeout", detail={"at": [1, 2.5]})),
        (c.Attach(), c.Succeed(result={"pages": 2**53 - 1, "é": None, "list": [True, 0.1]})),
        (c.Attach(), c.Succeed(result=[])),
        (c.Attach(), c.Succeed(result=0)),
        (c.Attach(), c.Lose()),
        (c.RequestCancel(),),
        (c.Attach(), c.Cancel(), c.Retry(keep_steps=True), c.Attach()),
    ],
    ids=lambda commands: " ".join(type(command).__name__ for command in commands),
)
def test_every_state_comes_back_as_it_was(store: Store, commands: tuple[c.Command, ...]) -> None:
    life = Life(store, "scan", ("load", 2), **RICH)
    life.tell(*commands, now=NOW + SECOND)
    assert store.load(life.id) == life.job
    assert store.load_many([life.id]) == [life.job]
    assert fold(life.job.facts, store.history(life.id)).seq == life.job.seq


def test_a_change_leaves_other_jobs_and_steps_alone(store: Store) -> None:
    one, other = Life(store, "scan", "load").begun(), Life(store, "scan", "load").begun()
    before = other.job
    one.tell(c.StartStep(step="scan"), c.Advance(delta=2))
    assert (store.load(one.id), store.load(other.id)) == (one.job, before)


def test_steps_added_while_it_runs_are_there(store: Store) -> None:
    life = Life(store, "scan", open=True).begun()
    life.tell(c.StartStep(step="unplanned"), c.Advance(delta=1))
    life.tell(c.FinishStep(step="unplanned"))
    assert store.load(life.id) == life.job


def test_two_thousand_steps_are_kept(store: Store) -> None:
    life = Life(store, *[f"step {number}" for number in range(2000)]).begun()
    life.tell(c.StartStep(step="step 1999"))
    assert store.load(life.id) == life.job


def test_a_job_may_be_born_running(store: Store) -> None:
    pending = birth(PLAN)
    begun = commit_of(pending.after, c.Attach(), marks=[BatchMark("p", 0, 1, "lease-1")])
    store.beat([Lease(id="lease-1", ttl_ms=1000, owner="here:1")])
    events = (*pending.events, *begun.events)
    assert store.commit([begun._replace(before=None, events=events, steps=pending.steps)]) != [None]
    assert store.load(pending.after.id) == begun.after
    assert tuple(store.history(pending.after.id)) == events
    assert [holding.lease and holding.lease.id for holding in store.holdings()] == ["lease-1"]
    told = commit_of(begun.after, c.Note(message="well"), marks=[BatchMark("p", 1, 1, "lease-1")])
    assert store.commit([told]) != [None]
    assert store.last_batch(pending.after.id, 1, "p") == 1


def test_an_id_that_is_taken_is_a_lost_race(store: Store) -> None:
    life = Life(store, "scan").begun()
    assert store.commit([birth(PLAN, id=life.id)]) == [None]
    assert store.load(life.id) == life.job


def test_an_external_id_is_taken_once_for_each_tenant_and_kind(store: Store) -> None:
    first = Life(store, external_id="celery-7")
    assert store.commit([birth(PLAN, external_id="celery-7")]) == [None]
    others: list[dict[str, Any]] = [{"tenant": "t-1"}, {"kind": "other"}, {"external_id": "b"}, {"external_id": None}]
    for facts in others:
        assert store.commit([birth(PLAN, **{"external_id": "celery-7", **facts})]) != [None]
    assert store.commit([birth(PLAN, external_id="celery-7", tenant="t-1")]) == [None]
    assert store.find_external(None, "index", "celery-7") == first.id


def test_a_state_that_moved_on_is_a_lost_race(store: Store) -> None:
    life = Life(store).begun()
    late = commit_of(life.job, c.Note(message="late"))
    life.tell(c.Advance(delta=1))
    before = store.horizon().reach
    assert store.commit([late]) == [None]
    assert store.load(life.id) == life.job
    assert untold(store, before)
    assert [event.type for event in store.history(life.id)] == ["created", "started"]


def test_an_attempt_that_was_superseded_is_a_lost_race(store: Store) -> None:
    life = Life(store).begun()
    stale = commit_of(life.job, c.Note(message="stale"))
    life.tell(c.Attach(takeover=True))
    other = life.job
    assert stale.before is not None
    guess = changed(stale.before, {"version": other.version})
    assert store.commit([stale._replace(before=guess)]) == [None]
    assert store.load(life.id) == other


def test_a_job_that_does_not_exist_cannot_be_changed(store: Store) -> None:
    stranger = birth(PLAN).after
    assert store.commit([commit_of(stranger, c.Attach())]) == [None]
    assert store.load(stranger.id) is None


def test_the_others_of_a_group_are_written_when_some_lose(store: Store) -> None:
    lives = [Life(store, "scan").begun() for _ in range(4)]
    commits = [commit_of(life.job, c.StartStep(step="scan"), c.Advance(delta=1)) for life in lives]
    lives[1].tell(c.Note(message="first"))
    taken, fresh = birth(PLAN, id=lives[0].id), birth(PLAN)
    before = store.horizon().reach
    answers = store.commit([*commits, taken, fresh])
    assert [answer is None for answer in answers] == [False, True, False, False, True, False]
    expected = [commits[0].after, lives[1].job, commits[2].after, commits[3].after]
    assert [store.load(life.id) for life in lives] == expected
    assert store.load(fresh.after.id) == fresh.after
    written = [at for at in answers if at]
    assert [at for at, _ in store.delta(before).jobs] == written == sorted(written)


def test_a_group_of_only_losers_writes_nothing(store: Store) -> None:
    lives = [Life(store).begun() for _ in range(3)]
    commits = [commit_of(life.job, c.Note(message="late")) for life in lives]
    for life in lives:
        life.tell(c.Note(message="first"))
    before = store.horizon().reach
    assert store.commit(commits) == [None, None, None]
    assert untold(store, before)


def test_an_empty_group_is_nothing(store: Store) -> None:
    assert store.commit([]) == []


def test_each_event_has_a_position_and_so_has_a_tick_after_it(store: Store) -> None:
    life = Life(store, "scan")

    def places(*commands: c.Command) -> tuple[int, int]:
        """How many positions of their own the events of a commit have, and how far after the last the answer lies."""
        before, last = store.horizon().reach, life.position
        answer = life.tell(*commands)
        events = [stored.position for stored in store.delta(before).events]
        assert [last, *events] == sorted({last, *events})
        return len(events), answer - events[-1] if events else min(1, answer - last)

    assert places(c.Attach(), c.StartStep(step="scan")) == (2, 0)
    assert places(c.Advance(delta=1), c.Advance(delta=1)) == (0, 1)
    assert places(c.Note(message="a"), c.Advance(delta=1)) == (1, 1)
    assert places(c.Advance(delta=1), c.Note(message="b")) == (1, 0)


@pytest.mark.parametrize("durable", [True, False])
def test_what_need_not_be_durable_is_there_all_the_same(store: Store, durable: bool) -> None:
    life = Life(store).begun()
    commit = commit_of(life.job, c.Advance(delta=1))
    assert store.commit([commit], durable=durable) != [None]
    life.job = commit.after
    life.tell(c.Advance(delta=1))
    assert store.load(life.id) == life.job


def test_no_report_is_lost_between_threads(store: Store) -> None:
    """Each thread decides on what it reads and tries again when it lost: every advance must count."""
    life, rounds, threads = Life(store).begun(), 25, 4
    start = threading.Barrier(threads)

    def work(number: int) -> int:
        start.wait(10)
        lost = 0
        for _ in range(rounds):
            while store.commit([commit_of(loaded(store, life.id), c.Advance(delta=1))]) == [None]:
                lost += 1
        return lost

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    job = loaded(store, life.id)
    assert (job.current, job.version) == (rounds * threads, life.job.version + rounds * threads)


def test_jobs_are_named_in_the_order_of_their_creation(store: Store) -> None:
    ids = [new_id() for _ in range(1203)]
    ids.reverse()
    for start in range(0, len(ids), 300):
        store.commit([birth(PLAN, id=id, now=NOW) for id in ids[start : start + 300]], durable=False)
    assert list(store.job_ids()) == ids


def test_a_repaired_state_replaces_what_was_there(store: Store) -> None:
    life = Life(store, "scan").begun()
    life.tell(c.StartStep(step="scan"), c.Note(message="a"))
    told = fold(life.job.facts, store.history(life.id))
    life.tell(c.Advance(delta=5))
    before, last = store.horizon().reach, life.position
    assert store.repair(told)
    assert store.load(life.id) == told
    ((at, shown),) = store.delta(before).jobs
    assert (at > last, shown) == (True, told)
    life.job = told
    assert life.tell(c.Note(message="b")) > at
    assert [event.seq for event in store.history(life.id)] == [1, 2, 3, 4, 5]
    assert store.jobs(JobQuery()) == [life.job]


def test_a_repair_restores_steps_that_are_gone_and_removes_strange_ones(store: Store) -> None:
    life = Life(store, "scan", "load", open=True).begun()
    told = life.job
    life.tell(c.StartStep(step="unplanned"))
    steps = {name: step for name, step in life.job.steps.items() if name != "scan"}
    assert store.repair(changed(life.job, {"steps": steps, "version": life.job.version + 1}))
    assert list(loaded(store, life.id).steps) == ["load", "unplanned"]
    back = changed(life.job, {"steps": told.steps, "version": life.job.version + 2})
    assert store.repair(back)
    assert store.load(life.id) == back


def test_a_state_that_an_older_history_told_repairs_nothing(store: Store) -> None:
    life = Life(store, "scan").begun()
    told = fold(life.job.facts, store.history(life.id))
    life.tell(c.StartStep(step="scan"))
    before = store.horizon().reach
    assert not store.repair(told)
    assert store.load(life.id) == life.job
    assert untold(store, before)
    with pytest.raises(UnknownJob):
        store.repair(birth(PLAN).after)
