"""A job is created together with what a program writes about it, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

import headway
from headway.core.errors import InvalidReport, StoreUnavailable
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.stores.memory import MemoryStore
from headway.stores.postgres.store import PostgresStore
from headway.stores.reach import up_to
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import new_id


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(database)
    yield opened
    opened.close()


@pytest.fixture
def reporter(store: PostgresStore, tmp_path: Path) -> Iterator[Reporter]:
    with Reporter(StoreLink(store), spool=tmp_path) as made:
        yield made


@pytest.fixture
def own(database: str) -> Iterator[psycopg.Connection[object]]:
    with psycopg.connect(database) as connection:
        connection.execute("create table orders (job text)")
        connection.commit()
        yield connection


def test_it_is_there_once_the_transaction_is_committed(
    reporter: Reporter, store: PostgresStore, own: psycopg.Connection[object]
) -> None:
    job = reporter.create("invoice", steps=["read", "write"], subject="order:7", connection=own)
    own.execute("insert into orders values (%s)", (job.id,))
    assert store.load(job.id) is None
    own.commit()
    stored = store.load(job.id)
    assert stored is not None
    assert ([*stored.steps], stored.facts.subject) == (["read", "write"], "order:7")
    assert [event.type for event in store.history(job.id)] == ["created"]


def test_it_never_was_when_the_transaction_is_rolled_back(
    reporter: Reporter, store: PostgresStore, own: psycopg.Connection[object]
) -> None:
    own.execute("insert into orders values ('x')")
    job = reporter.create("invoice", connection=own)
    own.rollback()
    assert store.load(job.id) is None
    assert own.execute("select count(*) from orders").fetchone() == (0,)


def test_what_was_written_before_stays_when_the_id_is_taken(
    reporter: Reporter, own: psycopg.Connection[object]
) -> None:
    first = reporter.create("invoice", external_id="7")
    own.execute("insert into orders values ('x')")
    again = reporter.create("invoice", external_id="7", connection=own)
    own.commit()
    assert again.id == first.id
    assert own.execute("select count(*) from orders").fetchone() == (1,)


def test_another_job_under_the_same_id_is_refused(reporter: Reporter, own: psycopg.Connection[object]) -> None:
    id = new_id()
    reporter.create("invoice", id=id)
    with pytest.raises(headway.JobExists):
        reporter.create("letter", id=id, connection=own)


def test_several_jobs_of_one_transaction_lie_one_after_the_other(
    reporter: Reporter, store: PostgresStore, own: psycopg.Connection[object]
) -> None:
    made = [reporter.create("invoice", connection=own).id for _ in range(5)]
    own.commit()
    assert list(store.job_ids()) == made
    positions = [stored.position for stored in store.delta(up_to(0)).events]
    assert positions == sorted(set(positions))


def test_a_connection_that_commits_by_itself_and_makes_dictionaries_will_do(
    reporter: Reporter, store: PostgresStore, database: str
) -> None:
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as connection:
        job = reporter.create("invoice", connection=connection)
        assert store.load(job.id) is not None


def test_work_goes_on_where_the_transaction_was_committed(
    reporter: Reporter, store: PostgresStore, own: psycopg.Connection[object]
) -> None:
    job = reporter.create("invoice", steps=["read"], connection=own)
    own.commit()
    with reporter.attach(job.id) as taken:
        taken.step("read")
    ended = store.load(job.id)
    assert ended is not None
    assert ended.status == "succeeded"


def test_anything_but_a_connection_is_refused(reporter: Reporter, store: PostgresStore) -> None:
    with pytest.raises(InvalidReport, match=r"connection: must be a psycopg\.Connection, not str"):
        reporter.create("invoice", connection="postgresql://here")
    assert list(store.job_ids()) == []


def test_other_stores_say_that_they_cannot(tmp_path: Path, own: psycopg.Connection[object]) -> None:
    for other in (MemoryStore(), SQLiteStore(tmp_path / "jobs.db")):
        with (
            Reporter(StoreLink(other), spool=tmp_path) as reporter,
            pytest.raises(InvalidReport, match="only a job in PostgreSQL"),
        ):
            reporter.create("invoice", connection=own)
        other.close()


def test_a_transaction_that_failed_before_says_so(reporter: Reporter, own: psycopg.Connection[object]) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        own.execute("select * from nowhere")
    with pytest.raises(StoreUnavailable, match="transaction is aborted"):
        reporter.create("invoice", connection=own)
