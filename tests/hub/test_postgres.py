"""Owns the proof that over PostgreSQL, where transactions end in any order, a stream is live, whole and resumable."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from statistics import median

import psycopg
import pytest

from headway.core import commands as c
from headway.core.job import Job
from headway.hub.cursor import parse
from headway.hub.hub import Hub, Pace
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import Commit, Filter, Store
from headway.stores.reach import Reach
from tests.board import Board
from tests.hub.conftest import Client, Watching, Works
from tests.scale import Scale

Somebody = psycopg.Connection[tuple[object, ...]]

QUICK = Pace(tick_s=0.0, heartbeat_s=0.02, floor_s=0.05)


class Late(PostgresStore):
    """Writes in one transaction of its own, which ends when it is told to."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.db = self._opened()

    def _opened(self) -> Connection:
        connection = self._connections.open()
        connection.autocommit = False
        return connection

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        return self._writer.write(self.db, commits)

    def rollback(self) -> None:
        """With a connection of its own for the next one: a rollback costs this one its prepared statements."""
        self.db.rollback()
        self.db.close()
        self.db = self._opened()

    def close(self) -> None:
        self.db.close()
        super().close()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with contextlib.closing(PostgresStore(database)) as store:
        yield store


@pytest.fixture
def late(database: str) -> Iterator[Late]:
    with contextlib.closing(Late(database)) as late:
        yield late


@pytest.fixture
def somebody(database: str) -> Iterator[Somebody]:
    """Somebody else at the same database, with a transaction that may have written anything."""
    with psycopg.connect(database) as connection:
        connection.execute("select pg_current_xact_id()")
        yield connection


@pytest.fixture
async def watching(store: Store) -> AsyncIterator[Watching]:
    watching = Watching(Hub(store, QUICK), store)
    yield watching
    await watching.close()


def beside(works: Works, late: Late) -> Works:
    """The same workers, writing in a transaction that stays open."""
    other = Works(late)
    other._time, other._sent = works._time, works._sent
    return other


def reach(client: Client) -> Reach:
    """What the last cursor of a client claims."""
    cursor = parse(client.stream.last_id)
    assert cursor is not None
    return cursor.reach


def newest(client: Client, job_id: str) -> int:
    """The newest version of a job that a client was told."""
    told = [(job["id"], int(job["version"])) for job in client.named("state")]
    told += [(event["job_id"], int(event["job"]["version"])) for event in client.named("event")]
    return max((version for id, version in told if id == job_id), default=0)


def knows(client: Client, job: Job) -> bool:
    return newest(client, job.id) == job.version


def has(client: Client, job_id: str, seq: int) -> bool:
    return (job_id, seq) in client.seqs


def got_more_than(client: Client, count: int) -> bool:
    return len(client.got) > count


def at_a_mark(client: Client) -> bool:
    return client.got[-1].event == "mark"


def one(job_id: str) -> Filter:
    return Filter(jobs=frozenset({job_id}))


async def test_a_transaction_of_somebody_else_delays_nobody(
    works: Works, watching: Watching, somebody: Somebody, scale: Scale
) -> None:
    """In `make soak` for 30 s and longer."""
    job, took, pause = works.job(), list[float](), threading.Event()
    client, single = await watching.client(), await watching.client(one(job))
    for number in range(scale(20, 600)):
        began = time.monotonic()
        works.note(job, f"note {number}")
        await client.until(lambda: client.seqs and client.seqs[-1] == (job, works.state(job).seq))
        took.append(time.monotonic() - began)
        await asyncio.to_thread(pause.wait, scale(0.0, 0.05))
    print(f"{len(took)} notes, told after {median(took) * 1000:.1f} ms, at most {max(took) * 1000:.1f} ms")
    assert median(took) < 0.1
    works.report(job, c.Succeed())
    await single.until(lambda: single.finished)
    assert single.seqs == [(job, seq) for seq in range(3, len(took) + 4)]
    assert somebody.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS, "it is still open"


@pytest.mark.parametrize("kept", [True, False], ids=["by the channel", "by the store"])
async def test_coming_back_repeats_nothing_while_a_transaction_is_open(
    works: Works, watching: Watching, somebody: Somebody, kept: bool
) -> None:
    job = works.job()
    client = await watching.client()
    if kept:
        await watching.client()
    for number in range(5):
        works.note(job, f"note {number}")
        works.tick(job, number)
        await client.until(partial(knows, client, works.state(job)))
        await client.until(partial(at_a_mark, client))
        assert client.seqs == [(job, number + 3)]
        watching.leave(client)
        client = await watching.client(None, client.stream.last_id)
        assert [message.event for message in client.got] == ["synced"]
        assert reach(client).gaps
    assert somebody.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS


async def test_what_ends_late_is_told_once_and_to_all(works: Works, watching: Watching, late: Late) -> None:
    first, second = works.job(), works.job()
    client, single = await watching.client(), await watching.client(one(first))
    beside(works, late).note(first, "written first, stored last")
    works.note(second, "written last, stored first")
    await client.until(lambda: client.seqs)
    cursor = client.stream.last_id
    meanwhile = await watching.client(None, cursor)
    late.db.commit()
    for reader in (client, single, meanwhile):
        await reader.until(partial(has, reader, first, 3))
    assert (client.seqs, meanwhile.seqs, single.seqs) == ([(second, 3), (first, 3)], [(first, 3)], [(first, 3)])
    back = await watching.client(None, cursor)
    assert back.seqs == [(first, 3)]


async def test_what_is_rolled_back_is_never_told(works: Works, watching: Watching, late: Late) -> None:
    first, second = works.job(), works.job()
    client = await watching.client()
    beside(works, late).note(first, "never stored")
    works.note(second, "stored")
    await client.until(lambda: client.seqs)
    late.rollback()
    await client.until(lambda: not reach(client).gaps)
    assert client.seqs == [(second, 3)]


async def test_a_mark_follows_when_somebody_elses_transaction_has_ended(
    works: Works, watching: Watching, somebody: Somebody
) -> None:
    job = works.job()
    client = await watching.client()
    works.note(job, "beyond the gap")
    await client.until(lambda: client.seqs)
    assert reach(client).gaps
    before = reach(client)
    somebody.rollback()
    await client.until(lambda: not reach(client).gaps)
    assert client.got[-1].event == "mark"
    assert reach(client).includes(before)


class Hasty:
    """Writes in transactions that stay open for a while; one in five is rolled back."""

    def __init__(self, database: str, works: Works, seed: int) -> None:
        self.jobs = [works.job() for _ in range(2)]
        self._database = database
        self._works = works
        self._choice = random.Random(seed)

    def work(self, rounds: int) -> None:
        with contextlib.closing(Late(self._database)) as late:
            for _ in range(rounds):
                self._transaction(late)

    def _transaction(self, late: Late) -> None:
        inside = Works(late)
        inside._time, inside._sent = self._works._time, dict(self._works._sent)
        if self._choice.random() < 0.5:
            inside.note(self._choice.choice(self.jobs), "x")
        else:
            inside.tick(self._choice.choice(self.jobs), self._choice.randrange(9))
        threading.Event().wait(self._choice.random() * 0.03)
        if self._choice.random() < 0.2:
            late.rollback()
        else:
            late.db.commit()
            self._works._sent |= {key: sent for key, sent in inside._sent.items() if key.split("/")[0] in self.jobs}


class Restless:
    """Watches over many connections, each going on from the last cursor."""

    def __init__(self, watching: Watching, seed: int) -> None:
        self.board = Board()
        self._watching = watching
        self._choice = random.Random(seed)
        self._cursor: str | None = None

    async def watch(self, done: Callable[[], bool]) -> None:
        """Comes and goes until it knows what there is to know."""
        while not done():
            client = await self._watching.client(None, self._cursor)
            count = self._choice.randrange(12)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._choice.random() * 0.1):
                    await client.until(partial(got_more_than, client, count))
            self._watching.leave(client)
            assert len(set(client.seqs)) == len(client.seqs), "an event came twice on one connection"
            for message in client.got:
                self.board.apply(message.event, message.data)
            self._cursor = client.stream.last_id


async def test_nothing_is_missed_whatever_ends_when(database: str, works: Works, watching: Watching) -> None:
    writers = [Hasty(database, works, seed) for seed in range(4)]
    jobs = [job for writer in writers for job in writer.jobs]
    people = [Restless(watching, seed) for seed in range(3)]
    stays = await watching.client()
    working = asyncio.gather(*(asyncio.to_thread(writer.work, 25) for writer in writers))

    def knows_all(person: Restless) -> bool:
        return working.done() and not any(person.board.lacks(works.state(job)) for job in jobs)

    async with asyncio.timeout(60):
        await asyncio.gather(*(person.watch(partial(knows_all, person)) for person in people))
    await working
    last = {(job, works.state(job).seq) for job in jobs if works.state(job).seq > 2}
    await stays.until(lambda: last <= set(stays.seqs))
    for job in jobs:
        whole = list(range(3, works.state(job).seq + 1))
        for seqs in (stays.seqs, *(person.board.events for person in people)):
            assert [seq for told, seq in seqs if told == job] in (whole, [2, *whole], [1, 2, *whole])
    assert not any(person.board.resets for person in people)
