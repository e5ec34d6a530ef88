"""Owns the proof that each test's database is its own, and that none outlives the session that made it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from tests.postgres.databases import Databases
from tests.postgres.server import PREFIX, Server

DEAD = "dead00000000"


def names(server: Server, like: str) -> set[str]:
    with server.connect() as admin:
        rows = admin.execute("select datname from pg_database where datname like %s", [like]).fetchall()
    return {name for (name,) in rows}


def of_session(server: Server, session: str) -> Server:
    """The same server, as another session knows it."""
    other = Server(server.url())
    other.session = session
    return other


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_sees_what_another_wrote(empty_database: str, turn: int) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("create table mine (x int)")


def test_two_at_a_time_are_apart(databases: Databases) -> None:
    with databases.fresh() as one, databases.fresh() as other:
        with psycopg.connect(one) as connection:
            connection.execute("create table mine (x int)")
        with psycopg.connect(other) as connection:
            assert connection.execute("select to_regclass('mine')").fetchone() == (None,)


def test_a_database_goes_also_while_somebody_uses_it(databases: Databases, postgres: Server) -> None:
    with databases.fresh() as url:
        connection = psycopg.connect(url)
        [name] = connection.execute("select current_database()").fetchone() or ()
    assert not names(postgres, name)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    connection.close()


def test_a_copy_has_what_its_template_has(databases: Databases, postgres: Server) -> None:
    with databases.fresh() as url:
        with psycopg.connect(url) as connection:
            connection.execute("create table schema_of_headway (x int)")
            [template] = connection.execute("select current_database()").fetchone() or ()
        with databases.fresh(template=template) as copy, psycopg.connect(copy) as connection:
            assert connection.execute("select count(*)::int from schema_of_headway").fetchone() == (0,)


def test_what_a_dead_session_left_goes_and_what_a_live_one_uses_stays(postgres: Server, databases: Databases) -> None:
    left = f"{PREFIX}{DEAD}_1_1"
    postgres.create_database(left)
    living = Databases(of_session(postgres, "aaaa00000000"))
    with databases.fresh() as own, living.fresh() as foreign:
        databases.reap()
        assert left not in names(postgres, f"{PREFIX}%")
        psycopg.connect(own).close()
        psycopg.connect(foreign).close()
    living.close()


def test_the_last_worker_of_a_session_takes_everything_along(postgres: Server) -> None:
    server = of_session(postgres, "bbbb00000000")
    first, last = Databases(server), Databases(server)
    name = f"{PREFIX}{server.session}_template"
    server.create_database(name)
    reader = server.role("reader")
    with psycopg.connect(server.url(name)) as connection:
        connection.execute(sql.SQL("create schema authorization {}").format(sql.Identifier(reader)))
    first.close()
    assert names(postgres, f"{PREFIX}{server.session}%") == {name}
    last.close()
    assert not names(postgres, f"{PREFIX}{server.session}%")
    with postgres.connect() as admin:
        assert not admin.execute("select 1 from pg_roles where rolname = %s", [reader]).fetchone()


def test_a_role_logs_in_with_its_own_password(postgres: Server) -> None:
    role = postgres.role("reader")
    with psycopg.connect(postgres.url(user=role, tcp=True)) as connection:
        assert connection.execute("select current_user").fetchone() == (role,)
