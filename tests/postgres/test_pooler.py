"""Owns the proof that the pooler of the tests is one in transaction mode."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres.pooler import Pooler, pooling
from tests.postgres.server import Server


def test_two_connections_take_turns_on_one(empty_database: str) -> None:
    with pooling(empty_database, size=1) as pooler:
        with psycopg.connect(pooler.url) as first, psycopg.connect(pooler.url) as second:
            pids = []
            for connection in (first, second, first):
                with connection.transaction():
                    pids.append(connection.execute("select pg_backend_pid(), current_database()").fetchone())
        assert len(set(pids)) == 1


def test_it_stands_before_the_database_of_the_test(database: str, pooler: Pooler) -> None:
    with psycopg.connect(database, autocommit=True) as straight:
        straight.execute("create table seen (x int)")
    with psycopg.connect(pooler.url, autocommit=True) as connection:
        assert connection.execute("select count(*)::int from seen").fetchone() == (0,)


def test_a_restart_ends_its_connections(empty_database: str) -> None:
    with pooling(empty_database) as pooler, psycopg.connect(pooler.url, autocommit=True) as connection:
        pooler.restart()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
        psycopg.connect(pooler.url).close()


def test_a_role_of_its_own_goes_through_it(postgres: Server) -> None:
    role = postgres.role("pooled")
    with pooling(postgres.url(user=role)) as pooler, psycopg.connect(pooler.url) as connection:
        assert connection.execute("select current_user").fetchone() == (role,)
