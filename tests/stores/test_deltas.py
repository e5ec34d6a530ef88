"""What changed since a position: every event once and in order, and the newest state of every job that changed."""

from __future__ import annotations

import itertools
import threading

import pytest

from headway.core import commands as c
from headway.core.changes import Event, evolve
from headway.core.job import Job
from headway.stores.protocol import Delta, Filter, Store
from headway.stores.reach import Reach, up_to
from tests.stores.lives import NOTHING, Life, commit_of, untold


def pages(store: Store, after: Reach, limit: int) -> list[Delta]:
    """Deltas until there is no more, each from where the one before it reached."""
    read: list[Delta] = []
    while not read or read[-1].more:
        read.append(store.delta(read[-1].reach if read else after, limit=limit))
    return read


def busy(store: Store) -> list[Life]:
    """Jobs whose events and ticks interleave."""
    lives = [Life(store, "scan", "load").begun() for _ in range(5)]
    for number in range(12):
        life = lives[number % 5]
        life.tell(c.Advance(delta=1, step="scan") if number > 5 else c.StartStep(step="scan"))
        lives[number % 3].tell(c.Note(message=str(number)))
        if number % 4 == 0:
            lives[2].tell(c.Note(message="and"), c.Update(message="tick"))
    lives[4].tell(c.Succeed())
    return lives


def test_nothing_changed_since_now(store: Store) -> None:
    busy(store)
    assert untold(store, store.horizon().reach)


@pytest.mark.parametrize("ahead", [1, 1000, 2**40])
def test_a_position_from_the_future_finds_nothing_and_goes_on_from_now(store: Store, ahead: int) -> None:
    lives = busy(store)
    delta = store.delta(up_to(store.horizon().reach.top + ahead))
    assert (delta.events, delta.jobs, delta.more) == ([], [], False)
    at = lives[0].tell(c.Note(message="later"))
    assert store.delta(delta.reach).jobs == [(at, lives[0].job)]


def test_every_event_comes_once_and_in_order(store: Store) -> None:
    lives = busy(store)
    delta = store.delta(NOTHING, limit=10_000)
    assert not delta.more
    assert untold(store, delta.reach)
    positions = [stored.position for stored in delta.events]
    assert positions == sorted(set(positions))
    for life in lives:
        told = [stored.event for stored in delta.events if stored.job_id == life.id]
        assert told == store.history(life.id, limit=1000)


def test_every_changed_job_comes_with_its_newest_state_and_where_it_changed(store: Store) -> None:
    lives = busy(store)
    jobs = store.delta(NOTHING, limit=10_000).jobs
    assert {job.id: job for _, job in jobs} == {life.id: life.job for life in lives}
    assert {job.id: at for at, job in jobs} == {life.id: life.position for life in lives}
    assert [at for at, _ in jobs] == sorted(at for at, _ in jobs)


@pytest.mark.parametrize("command", [c.Advance(delta=1), c.Note(message="a"), c.Succeed()])
def test_a_change_of_any_kind_is_found_from_the_position_before_it(store: Store, command: c.Command) -> None:
    lives = [Life(store).begun() for _ in range(3)]
    before = store.horizon().reach
    at = lives[1].tell(command)
    delta = store.delta(before)
    assert delta.jobs == [(at, lives[1].job)]
    assert [stored.event for stored in delta.events] == store.history(lives[1].id, after=2)


def test_a_tick_and_the_event_that_absorbs_it_are_one_change(store: Store) -> None:
    life = Life(store).begun()
    before = store.horizon().reach
    life.tell(c.Advance(delta=1))
    ticked = store.horizon().reach
    at = life.tell(c.Note(message="a"))
    assert store.delta(before).jobs == store.delta(ticked).jobs == [(at, life.job)]
    noted = store.horizon().reach
    later = life.tell(c.Advance(delta=1))
    assert later > at
    for since in (noted, up_to(at)):
        assert store.delta(since).jobs == [(later, life.job)]
        assert store.delta(since).events == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_pages_of_any_size_miss_nothing(store: Store, limit: int) -> None:
    lives = busy(store)
    whole = store.delta(NOTHING, limit=10_000)
    for after in (0, whole.events[2].position, whole.events[-5].position, whole.events[-5].position - 1):
        read = pages(store, up_to(after), limit)
        assert [stored for page in read for stored in page.events] == [e for e in whole.events if e.position > after]
        newest = {job.id: (at, job) for page in read for at, job in page.jobs}
        assert newest == {life.id: (life.position, life.job) for life in lives if life.position > after}
        assert untold(store, read[-1].reach)
        assert all(len(page.events) <= limit for page in read)
        for one, other in itertools.pairwise(page.reach for page in read):
            assert other.includes(one)
            assert other != one


def test_a_page_tells_the_state_of_each_job_that_it_has_events_of(store: Store) -> None:
    busy(store)
    for page in pages(store, NOTHING, 5):
        assert {stored.job_id for stored in page.events} <= {job.id for _, job in page.jobs}


def test_snapshot_and_then_delta_have_no_gap_while_others_write(store: Store) -> None:
    """A reader that starts at any moment ends with what the store holds, and sees each event once."""
    lives = [Life(store).begun() for _ in range(4)]
    stop = threading.Event()

    def write(life: Life) -> None:
        for number in itertools.count():
            life.tell(c.Note(message=str(number)) if number % 3 else c.Advance(delta=1))
            if number > 10 and stop.is_set():
                return

    readers = [Reader(store)]
    writers = [threading.Thread(target=write, args=(life,)) for life in lives]
    for writer in writers:
        writer.start()
    readers += [Reader(store) for _ in range(10)]
    for reader in readers:
        for _ in range(5):
            reader.read(limit=7)
    stop.set()
    for writer in writers:
        writer.join()
    for reader in readers:
        while reader.read(limit=7):
            continue
        assert reader.jobs == {life.id: life.job for life in lives}
    assert readers[0].events > 0


class Reader:
    """Follows a store by the rules of a cursor, and checks that every history goes on where it was."""

    def __init__(self, store: Store) -> None:
        self.store = store
        horizon, jobs = store.snapshot(Filter())
        self.reach, self.events = horizon.reach, 0
        self.jobs: dict[str, Job] = {job.id: job for job in jobs}

    def read(self, limit: int) -> bool:
        delta = self.store.delta(self.reach, limit=limit)
        for stored in delta.events:
            assert stored.event.seq == self.jobs[stored.job_id].seq + 1
            self.follow(stored.job_id, stored.event)
        for at, job in delta.jobs:
            if delta.reach.covers(at):
                assert (job.seq, job.version >= self.jobs[job.id].version) == (self.jobs[job.id].seq, True)
                self.jobs[job.id] = job
        self.reach = delta.reach
        return delta.more

    def follow(self, job_id: str, event: Event) -> None:
        self.jobs[job_id] = evolve(self.jobs[job_id], event)
        self.events += 1


def test_late_commits_of_a_group_are_in_the_delta(store: Store) -> None:
    lives = [Life(store).begun() for _ in range(3)]
    before = store.horizon().reach
    commits = [commit_of(life.job, c.Note(message="a"), c.Advance(delta=1)) for life in lives]
    lives[0].tell(c.Note(message="first"))
    answers = store.commit(commits)
    delta = store.delta(before)
    assert answers[0] is None
    written = [lives[0].position, *(at for at in answers if at)]
    assert [at for at, _ in delta.jobs] == written
    assert [job for _, job in delta.jobs] == [lives[0].job, commits[1].after, commits[2].after]
    noted = [stored.position for stored in delta.events]
    assert [at - place for at, place in zip(written, noted, strict=True)] == [0, 1, 1]  # each tick follows its event
