"""Who holds a running job: leases that beat, and the producers that work under them."""

from __future__ import annotations

from headway.core import commands as c
from headway.stores.protocol import BatchMark, Holding, Lease, Store
from tests.stores.lives import Life

ONE = Lease(id="one", ttl_ms=30_000, owner="host:1")
TWO = Lease(id="two", ttl_ms=10_000, owner="host:2")


def held(store: Store) -> list[Holding]:
    return sorted(store.holdings(), key=lambda holding: (holding.job_id, holding.lease.id if holding.lease else ""))


def holding(life: Life, lease: Lease | None, beat: int = 1) -> Holding:
    return Holding(life.id, life.job.attempt, lease and lease._replace(beat=beat))


def test_a_lease_counts_its_beats(store: Store) -> None:
    life = Life(store).begun()
    life.tell(marks=[BatchMark("p", 0, 1, lease="one")])
    for beat in (1, 2, 3):
        store.beat([ONE])
        assert held(store) == [holding(life, ONE, beat)]


def test_a_beat_tells_what_is_new_about_its_worker(store: Store) -> None:
    life = Life(store).begun()
    life.tell(marks=[BatchMark("p", 0, 1, lease="one")])
    store.beat([ONE])
    store.beat([ONE._replace(ttl_ms=5, owner="other")])
    assert held(store) == [holding(life, ONE._replace(ttl_ms=5, owner="other"), 2)]


def test_a_job_without_a_lease_is_never_held(store: Store) -> None:
    life = Life(store).begun()
    life.tell(marks=[BatchMark("p", 0, 1)])
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 1)])
    store.beat([ONE])
    assert held(store) == []


def test_each_lease_of_an_attempt_is_one_row(store: Store) -> None:
    life, other = Life(store).begun(), Life(store).begun()
    life.tell(marks=[BatchMark("p", 0, 1, lease="one"), BatchMark("q", 0, 1, lease="one")])
    life.tell(marks=[BatchMark("r", 0, 1, lease="two"), BatchMark("s", 0, 1)])
    other.tell(marks=[BatchMark("p", 0, 1, lease="two")])
    store.beat([ONE, TWO])
    assert held(store) == [holding(life, ONE), holding(life, TWO), holding(other, TWO)]


def test_a_job_whose_leases_are_all_gone_is_told_once_without_one(store: Store) -> None:
    life = Life(store).begun()
    life.tell(marks=[BatchMark("p", 0, 1, lease="one"), BatchMark("q", 0, 1, lease="two")])
    assert held(store) == [holding(life, None)]
    store.beat([ONE, TWO])
    store.release("one")
    assert held(store) == [holding(life, TWO)]
    store.release("two")
    store.release("two")
    assert held(store) == [holding(life, None)]


def test_only_the_present_attempt_of_a_running_job_is_held(store: Store) -> None:
    life = Life(store)
    store.beat([ONE, TWO])
    life.tell(c.Attach(), marks=[BatchMark("p", 0, 1, lease="one")])
    assert held(store) == [holding(life, ONE)]
    life.tell(c.Attach(takeover=True), marks=[BatchMark("q", 0, 2, lease="two")])
    assert held(store) == [holding(life, TWO)]
    life.tell(c.Wait(reason="input"))
    assert held(store) == []
    life.tell(c.Advance(delta=1))
    assert held(store) == [holding(life, TWO)]
    life.tell(c.Succeed())
    assert held(store) == []


def test_a_batch_keeps_the_lease_that_its_producer_told(store: Store) -> None:
    life = Life(store).begun()
    store.beat([ONE, TWO])
    life.tell(marks=[BatchMark("p", 0, 1, lease="one")])
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 1, 1)])
    assert held(store) == [holding(life, ONE)]
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 2, 1, lease="two")])
    assert held(store) == [holding(life, TWO)]
    life.tell(c.Advance(delta=1), marks=[BatchMark("p", 3, 1)])
    assert held(store) == [holding(life, TWO)]


def test_a_lease_that_was_released_can_beat_again(store: Store) -> None:
    life = Life(store).begun()
    life.tell(marks=[BatchMark("p", 0, 1, lease="one")])
    store.beat([ONE])
    store.release("one")
    store.beat([ONE])
    assert held(store) == [holding(life, ONE)]
