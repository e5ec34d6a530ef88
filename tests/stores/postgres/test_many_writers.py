"""Writers that hold their transactions, overlap and roll back: who follows is told of all that was committed, once."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import psycopg
import pytest

from headway.core import commands as c
from headway.core.changes import fold
from headway.core.plan import parse_plan
from headway.stores.postgres.store import PostgresStore
from headway.stores.reach import up_to
from tests.scale import Scale
from tests.stores.lives import Life, birth, loaded
from tests.stores.postgres.following import Follower
from tests.stores.postgres.held import Held, held

ROLLED_BACK = 0.2


class Crowd(NamedTuple):
    """How many write at once, how many transactions each, and how long each may be held."""

    writers: int
    rounds: int
    hold_s: float


IN_TESTS = Crowd(writers=40, rounds=5, hold_s=0.05)
IN_SOAK = Crowd(writers=200, rounds=10, hold_s=0.5)
LOST = ("HW001", "40001", "40P01")  # somebody else changed the same job first

NOTES: list[c.Command] = [c.Note(message="a")] * 3
TICKS: list[c.Command] = [c.Advance(delta=1)]
BIRTH = parse_plan(["scan", "load"])


class Writing:
    """One writer: it makes jobs, and changes its own and those that everybody changes."""

    def __init__(self, store: PostgresStore, crowd: Crowd, number: int, shared: list[Life]) -> None:
        self._store = store
        self._crowd = crowd
        self._chance = random.Random(number)
        self._own = Life(store).begun()
        self._shared = [life.id for life in shared]

    def run(self) -> None:
        for _ in range(self._crowd.rounds):
            with giving_way(), held(self._store) as transaction:
                if self._chance.random() < 0.5:
                    transaction.take_number()
                self._write(transaction)
                transaction.db.execute("select pg_sleep($1)", [self._chance.random() * self._crowd.hold_s])
                if self._chance.random() < ROLLED_BACK:
                    transaction.rollback()
                else:
                    transaction.commit()

    def _write(self, transaction: Held) -> None:
        commands = self._chance.choice([NOTES[:1], NOTES, TICKS])
        target = self._own.id if self._chance.random() < 0.7 else self._chance.choice(self._shared)
        for _ in range(self._chance.randrange(3)):
            transaction.create(birth(BIRTH))
        transaction.change(loaded(self._store, target), *commands)


@contextmanager
def giving_way() -> Iterator[None]:
    """A transaction that lost its race is one more that was rolled back."""
    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate not in LOST:
            raise


@pytest.fixture
def writers(quiet: PostgresStore, scale: Scale) -> list[Writing]:
    crowd = scale(IN_TESTS, IN_SOAK)
    shared = [Life(quiet).begun() for _ in range(5)]
    return [Writing(quiet, crowd, number, shared) for number in range(crowd.writers)]


class Reading:
    """A reader in a thread of its own, until it is told that nobody writes any more."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.failed: BaseException | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def finish(self) -> Follower:
        """Reads what is left."""
        self._over.set()
        self._thread.join()
        if self.failed is not None:
            raise self.failed
        self.follower.read()
        return self.follower

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self.follower.read()
        except BaseException as error:  # raised where the test waits for it
            self.failed = error


@pytest.fixture
def reading(quiet: PostgresStore, writers: list[Writing]) -> Iterator[Reading]:
    reading = Reading(Follower(quiet, limit=20))
    yield reading
    reading.finish()


def test_all_that_was_committed_is_told_once_and_in_order(
    quiet: PostgresStore, writers: list[Writing], reading: Reading
) -> None:
    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(Writing.run, writers))
    told = reading.finish()
    ids = list(quiet.job_ids())
    assert len(ids) > len(writers) + 5
    for job_id in ids:
        stored = quiet.history(job_id, limit=10_000)
        assert told.history(job_id) == stored  # each once, in order, none that is not there
        job = loaded(quiet, job_id)
        assert told.versions[job_id] == job.version
        assert fold(job.facts, stored).seq == job.seq
    assert {stored.job_id for stored in told.told} == set(ids)
    assert not told.reach.gaps


def test_who_resumes_with_one_number_again_and_again_misses_nothing(
    quiet: PostgresStore, writers: list[Writing]
) -> None:
    """As clients do whose connection is cut all the time: what they are told twice carries the same (job, seq)."""
    seen: set[tuple[str, int]] = set()
    position = 0
    with ThreadPoolExecutor(len(writers)) as pool:
        running = [pool.submit(writer.run) for writer in writers]
        while not all(one.done() for one in running):
            once = Follower(quiet, since=up_to(position), limit=20)
            seen.update(once.read())
            assert once.reach.position >= position
            position = once.reach.position
    for one in running:
        one.result()
    seen.update(Follower(quiet, since=up_to(position)).read())
    assert seen == set(Follower(quiet).read())
