"""History lies in partitions by month: each is made when it is needed, and goes when no job of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from headway.core import commands as c
from headway.stores.postgres.store import PostgresStore
from headway.stores.reach import up_to
from tests.stores.lives import Life

THIS = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
NEXT = (THIS + timedelta(days=32)).replace(day=1)


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(database)
    yield opened
    opened.close()


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def months(owner: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    found = owner.execute(
        "select inhrelid::regclass::text from pg_inherits where inhparent = 'headway.event'::regclass"
    )
    return sorted(str(name) for (name,) in found if "before" not in str(name))


def name(month: datetime) -> str:
    return f"headway.event_{month:%Y_%m}"


def test_there_is_room_for_this_month_and_the_next(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    assert months(owner) == [name(THIS), name(NEXT)]


def test_a_month_without_room_is_given_it_by_the_first_job(
    store: PostgresStore, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    owner.execute(f"drop table {name(THIS)}, {name(NEXT)}")
    life = Life(store, "scan").begun()
    assert [event.seq for event in store.history(life.id)] == [1, 2]
    assert months(owner) == [name(THIS), name(NEXT)]


def test_a_worker_that_may_not_make_tables_is_given_room_as_well(
    store: PostgresStore, owner: psycopg.Connection[tuple[object, ...]], database: str
) -> None:
    owner.execute("create role clerk_of_months")
    try:
        owner.execute("grant usage on schema headway to clerk_of_months")
        owner.execute("grant execute on function headway.make_room() to clerk_of_months")
        owner.execute(f"drop table {name(NEXT)}")
        owner.execute("set role clerk_of_months")
        owner.execute("select headway.make_room()")
        owner.execute("reset role")
        assert name(NEXT) in months(owner)
    finally:
        owner.execute("reset role")
        owner.execute("drop owned by clerk_of_months")
        owner.execute("drop role clerk_of_months")


def dropped(owner: psycopg.Connection[tuple[object, ...]], moment: datetime) -> list[str]:
    return [f"headway.{part}" for (part,) in owner.execute("select headway.drop_empty_months(%s)", (moment,))]


def test_a_month_stays_while_one_of_its_jobs_does(
    store: PostgresStore, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    life = Life(store, "scan").begun()
    life.tell(c.Succeed())
    assert dropped(owner, NEXT + timedelta(days=40)) == [name(NEXT)]
    assert [event.seq for event in store.history(life.id)][-1] == life.job.seq


def test_a_month_goes_when_the_last_of_its_jobs_has(
    store: PostgresStore, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    gone = Life(store).begun()
    owner.execute("delete from headway.job")
    assert dropped(owner, NEXT) == [name(THIS)]
    assert store.horizon().floor == gone.position
    assert store.delta(up_to(0)).events == []
    later = Life(store).begun()
    assert later.position > gone.position


def test_the_present_month_never_goes(store: PostgresStore, owner: psycopg.Connection[tuple[object, ...]]) -> None:
    assert dropped(owner, datetime.now(UTC)) == []
