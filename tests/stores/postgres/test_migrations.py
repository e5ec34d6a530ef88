"""The schema moves up and down one whole step at a time, whoever else does it, and whenever somebody is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from headway.core.errors import InvalidSetting, StoreUnavailable, StoreUnusable
from headway.stores.postgres import greeting
from headway.stores.postgres.migrations import Migration, Phase, known, migrate, needed, read_migrations, version
from headway.stores.postgres.store import PostgresStore
from tests.postgres.databases import Databases
from tests.postgres.programs import program
from tests.postgres.shared import PrivateCluster
from tests.stores.lives import Life
from tests.waiting import eventually

FIRST = len(known())
NUMBERS = range(FIRST + 1, FIRST + 4)
SCRIPTS = {
    "colours": ("pre", "create table headway.colour (name text)", "drop table headway.colour"),
    "shades": ("post", "alter table headway.colour add dark boolean", "alter table headway.colour drop dark"),
    "hues": ("pre", "create table headway.hue (name text)", "drop table headway.hue"),
}


@pytest.fixture
def longer(tmp_path: Path) -> tuple[Migration, ...]:
    """What this Headway brings, and three more from a folder."""
    for number, (name, (phase, up, down)) in zip(NUMBERS, SCRIPTS.items(), strict=True):
        (tmp_path / f"{number:04}_{name}.up.sql").write_text(f"-- {phase}\n{up};\n")
        (tmp_path / f"{number:04}_{name}.down.sql").write_text(f"{down};\n")
    return (*known(), *read_migrations(tmp_path))


def step(up: str, *, phase: Phase = Phase.PRE) -> tuple[Migration, ...]:
    """What this Headway brings, and one more."""
    return (*known(), Migration(number=FIRST + 1, name="more", phase=phase, up=up, down="select"))


def dump(url: str) -> str:
    """All that the database says about its schema, in the words of pg_dump."""
    said = subprocess.run([program("pg_dump"), "--schema-only", url], capture_output=True, text=True, check=True)
    return "\n".join(line for line in said.stdout.splitlines() if not line.startswith(("--", "\\")))


@contextmanager
def asking(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with closing(psycopg.connect(url, autocommit=True)) as db:
        yield db


def test_the_numbers_have_no_gap_and_each_says_when_it_belongs_in_a_deployment() -> None:
    assert [migration.number for migration in known()] == list(range(1, FIRST + 1))
    assert needed(known()) <= FIRST


def test_a_fresh_schema_is_the_same_as_one_that_went_down_and_up_again(
    databases: Databases, longer: tuple[Migration, ...]
) -> None:
    for target in (FIRST, len(longer)):
        with databases.fresh() as fresh, databases.fresh() as migrated:
            assert migrate(fresh, target, longer) == (0, target)
            assert migrate(migrated, None, longer) == (0, len(longer))
            assert migrate(migrated, 0, longer) == (len(longer), 0)
            assert migrate(migrated, target, longer) == (0, target)
            assert dump(fresh) == dump(migrated)
            assert "CREATE TABLE headway.job" in dump(fresh)


def test_going_down_leaves_a_database_as_it_was_before(empty_database: str) -> None:
    before = dump(empty_database)
    migrate(empty_database)
    assert dump(empty_database) != before
    assert migrate(empty_database, 0) == (FIRST, 0)
    assert dump(empty_database) == before


def test_jobs_stay_when_the_schema_moves(database: str, longer: tuple[Migration, ...]) -> None:
    with closing(PostgresStore(database)) as store:
        life = Life(store).begun()
    assert migrate(database, None, longer) == (FIRST, len(longer))
    assert migrate(database, None, longer) == (len(longer), len(longer))
    assert migrate(database, FIRST, longer) == (len(longer), FIRST)
    with closing(PostgresStore(database)) as store:
        assert store.load(life.id) == life.job


def test_going_down_takes_nothing_of_others_along(database: str) -> None:
    with asking(database) as db:
        db.execute("create view theirs as select id from headway.job")
    with pytest.raises(StoreUnusable, match="view theirs depends"):
        migrate(database, 0)
    assert version(database) == 1


def test_a_schema_that_was_made_for_the_role_is_used(empty_database: str) -> None:
    with asking(empty_database) as db:
        db.execute("create schema headway")
    assert migrate(empty_database) == (0, FIRST)


def test_a_table_of_another_program_is_left_alone(empty_database: str) -> None:
    with asking(empty_database) as db:
        db.execute("create schema headway; create table headway.job (salary numeric)")
    with pytest.raises(StoreUnusable, match="something of another program has this name"):
        migrate(empty_database)
    assert version(empty_database) == 0


def test_a_version_that_is_not_known_is_refused(database: str, longer: tuple[Migration, ...]) -> None:
    for target in (-1, FIRST + 1, 99):
        with pytest.raises(InvalidSetting, match=f"schema versions go from 0 to {FIRST}"):
            migrate(database, target)
    migrate(database, None, longer)
    with pytest.raises(StoreUnusable, match=f"version {len(longer)}, this Headway knows {FIRST}; upgrade headway"):
        migrate(database)


def test_an_older_headway_works_on_while_only_what_belongs_before_the_new_one_is_there(
    database: str, longer: tuple[Migration, ...]
) -> None:
    migrate(database, FIRST + 1, longer)
    PostgresStore(database).close()
    migrate(database, FIRST + 2, longer)
    with pytest.raises(StoreUnusable, match="upgrade headway"):
        PostgresStore(database)


def test_a_newer_headway_begins_before_what_belongs_after_the_old_one_is_there(
    database: str, longer: tuple[Migration, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "known", lambda: longer[: FIRST + 2])
    with pytest.raises(StoreUnusable, match=f"version {FIRST}, version {FIRST + 1} is needed; .*headway migrate"):
        PostgresStore(database)
    migrate(database, FIRST + 1, longer)
    PostgresStore(database).close()


def test_opening_changes_nothing(empty_database: str) -> None:
    before = dump(empty_database)
    with pytest.raises(StoreUnusable, match=r"its schema is not there yet, .*: headway migrate"):
        PostgresStore(empty_database)
    assert dump(empty_database) == before


def test_a_migration_that_fails_leaves_nothing(database: str) -> None:
    before = dump(database)
    with pytest.raises(StoreUnusable, match="nonsense"):
        migrate(database, None, step("create table headway.half (x int); select nonsense"))
    assert dump(database) == before
    assert version(database) == FIRST


def test_a_migration_that_would_hold_up_everybody_gives_up(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headway.stores.postgres.migrations._LOCK_S", 1)
    with asking(database) as db, db.transaction():
        db.execute("select from headway.job")
        with pytest.raises(StoreUnavailable, match="others hold what is needed here for too long"):
            migrate(database, None, step("alter table headway.job add colour text"))
    assert version(database) == FIRST


def test_servers_that_migrate_at_once_do_it_once(empty_database: str, longer: tuple[Migration, ...]) -> None:
    with ThreadPoolExecutor(4) as pool:
        moves = list(pool.map(lambda _: migrate(empty_database, None, longer), range(4)))
    assert {after for _, after in moves} == {len(longer)}
    assert [before for before, _ in moves].count(0) == 1
    with asking(empty_database) as db:
        assert db.execute("select count(*) from headway.migration").fetchone() == (len(longer),)


# What the server does at each of its statements while it migrates: at the one that is asked for it waits to be killed.
STOPS = """
create sequence public.statements;
create function public.stops() returns event_trigger language plpgsql as $$
begin
  if nextval('public.statements') = {at} then
    perform pg_advisory_xact_lock(4711);
  end if;
end $$;
create event trigger stops on ddl_command_end execute function public.stops();
"""
MIGRATES = "import sys; from headway.stores.postgres.migrations import migrate; migrate(sys.argv[1])"
WAITING = """
select pid from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'
"""


@contextmanager
def stopped(url: str, at: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that migrates, and the backend that works for it, both at this statement of it."""
    with asking(url) as db:
        db.execute(STOPS.format(at=at).encode())
        db.execute("select pg_advisory_lock(4711)")
        with subprocess.Popen([sys.executable, "-c", MIGRATES, url], stderr=subprocess.DEVNULL) as process:
            pids = eventually(lambda: db.execute(WAITING).fetchall())
            yield process, int(str(pids[0][0]))
            process.kill()


STATEMENTS = [1, 4, 9, 17, 26, 33]


@pytest.mark.parametrize("at", STATEMENTS)
def test_a_migration_whose_process_is_killed_is_done_again(empty_database: str, at: int) -> None:
    with stopped(empty_database, at) as (process, backend):
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with asking(empty_database) as db:
        eventually(lambda: not db.execute("select from pg_stat_activity where pid = %s", [backend]).fetchall())
        assert db.execute("select to_regclass('headway.job')").fetchone() == (None,)
    assert migrate(empty_database) == (0, FIRST)


def test_a_migration_whose_backend_is_killed_is_done_again(private_cluster: PrivateCluster) -> None:
    with ExitStack() as stack:
        cluster = stack.enter_context(private_cluster(durable=True))
        for at in STATEMENTS[::2]:
            name = f"at_{at}"
            cluster.create_database(name)
            with stopped(cluster.url(name), at) as (process, backend):
                os.kill(backend, signal.SIGKILL)
                assert process.wait(30) != 0
            eventually(partial(_absent, cluster.url(name)), within_s=30)
            assert migrate(cluster.url(name)) == (0, FIRST)


def _absent(url: str) -> bool:
    """Whether the server answers again, without anything of Headway."""
    try:
        return version(url) == 0
    except StoreUnavailable:
        return False
