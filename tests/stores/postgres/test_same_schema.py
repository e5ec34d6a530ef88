"""The schemas of both databases have the same tables, columns and rules; where they differ, here is why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from headway.core import commands as c
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import BatchMark, Lease, Store
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life

SQLITE = drivers.newest()

ONLY_IN_POSTGRES = {
    "migration": "SQLite keeps the number of its version in the header of the file",
    "tick": "SQLite finds ticks by an index over job.ticked, which here every write of a job would have to maintain",
    "transition": "the table of the core, for the functions that other languages report through",
    "unbroken": "SQLite has no positions that were seen and are forgotten after a crash",
    "store.system": "a SQLite file has no cluster to be moved to",
    "store.base": "positions of SQLite are counted, not made of transaction ids",
    "step.job": "in SQLite job and position are one key, so that the steps of a job lie side by side",
    "step.position": "the same",
}
ONLY_IN_SQLITE = {
    "store.spent": "positions here are made of transaction ids, and none comes twice whatever is deleted",
    "step.key": "here its two parts are columns",
    "event.previous": "here (job, seq) is unique by an index over each partition, without a chain",
}
TYPES = {  # of SQLite, and what stands for it here
    "INTEGER": {"bigint", "integer", "boolean"},
    "TEXT": {"text", "json"},
    "REAL": {"double precision"},
}
RULES_ONLY_IN_SQLITE = {
    "job.open": "SQLite has no boolean",
    "job.keep_steps": "SQLite has no boolean",
    "step.has_a_position": "the position is a column here, with a rule of its own",
    "event.previous": "there is no chain here",
    "event.the_first_follows_none": "there is no chain here",
}
RULES_ONLY_IN_POSTGRES = {"step.position": "a part of the key in SQLite, and its rule has_a_position"}


@pytest.fixture
def file(folder: Path) -> Path:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        lived(store)
    return folder / "jobs.db"


@pytest.fixture
def filled(database: str) -> str:
    with closing(PostgresStore(database, bus=None)) as store:
        lived(store)
    return database


def lived(store: Store) -> None:
    """One job at work, with a step, a tick, a producer and a lease."""
    store.beat([Lease("lease", 1000, "host:1")])
    life = Life(store, "scan", "load").begun()
    life.tell(c.StartStep(step="scan"), marks=[BatchMark("w", 1, 1, "lease")])
    life.tell(c.Update(current=3, total=9))


def asked(file: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(SQLITE.connect(file)) as db:
        found: list[tuple[Any, ...]] = db.execute(question).fetchall()
    return found


def asked_there(url: str, question: str) -> list[tuple[Any, ...]]:
    with closing(psycopg.connect(url)) as db:
        return db.execute(question.encode()).fetchall()


def columns(file: Path) -> dict[str, tuple[str, bool]]:
    """`table.column`: type, and whether it must be there."""
    rows = asked(
        file,
        "select t.name, c.name, c.type, c.[notnull] or c.pk from sqlite_schema as t, pragma_table_info(t.name) as c "
        "where t.type = 'table' and t.name not like 'sqlite%'",
    )
    return {f"{table}.{name}": (kind, bool(needed)) for table, name, kind, needed in rows}


def columns_there(url: str) -> dict[str, tuple[str, bool]]:
    rows = asked_there(
        url,
        "select table_name, column_name, data_type, is_nullable = 'NO' from information_schema.columns "
        "where table_schema = 'headway' and table_name !~ '^event_'",
    )
    return {f"{table}.{name}": (kind, needed) for table, name, kind, needed in rows}


def test_tables_and_columns_are_the_same(file: Path, filled: str) -> None:
    ours, theirs = columns(file), columns_there(filled)
    here = {name for name in theirs if not {name, name.partition(".")[0]} & ONLY_IN_POSTGRES.keys()}
    assert ours.keys() - ONLY_IN_SQLITE.keys() == here
    assert ONLY_IN_SQLITE.keys() <= ours.keys()
    assert {name for name in ONLY_IN_POSTGRES if "." in name} <= theirs.keys()
    assert {name for name in ONLY_IN_POSTGRES if "." not in name} <= {name.partition(".")[0] for name in theirs}
    for name in sorted(here):
        kind, needed = ours[name]
        assert theirs[name][0] in TYPES[kind], name
        assert theirs[name][1] == needed, name


def rules(file: Path) -> set[str]:
    """`table.rule`: each column with a CHECK, and each CHECK that has a name."""
    found = set()
    for table, sql in asked(file, "select name, sql from sqlite_schema where type = 'table'"):
        for entry in re.split(r",\s*(?:--[^\n]*)?\n\s{2}(?=\S)", sql.partition("(")[2]):
            if name := re.match(r'\s*(?:--[^\n]*\n\s*)*(?:constraint )?"?(\w+)"? .*?\bcheck \(', entry, re.DOTALL):
                found.add(f"{table}.{name[1]}")
    return found


def rules_there(url: str) -> set[str]:
    """What the functions that refuse impossible rows name, and the CHECKs of the small tables."""
    functions = asked_there(
        url,
        "select distinct tgrelid::regclass::text, prosrc from pg_trigger join pg_proc on pg_proc.oid = tgfoid "
        "where tgparentid = 0 and proname like 'refuse%' and tgrelid::regclass::text like 'headway.%'",
    )
    found = {f"{table[8:]}.{name}" for table, text in functions for name in re.findall(r"then '(\w+)'", text)}
    checks = asked_there(
        url,
        "select conrelid::regclass::text, conname, attname from pg_constraint "
        "left join pg_attribute on attrelid = conrelid and conkey = array[attnum] "
        "where contype = 'c' and connamespace = 'headway'::regnamespace",
    )
    return found | {f"{table[8:]}.{column or name}" for table, name, column in checks}


def test_rules_have_the_same_names(file: Path, filled: str) -> None:
    ours = {rule for rule in rules(file) if not rule.startswith("store.")}
    theirs = {
        rule for rule in rules_there(filled) if rule.partition(".")[0] in ("job", "step", "event", "producer", "lease")
    }
    assert ours - theirs == RULES_ONLY_IN_SQLITE.keys()
    assert theirs - ours == RULES_ONLY_IN_POSTGRES.keys()
    assert len(ours) > 70


REFUSED = [
    "update job set id = 'short'",
    "update job set kind = ''",
    "update job set labels = '[]'",
    "update job set mode = 'guess'",
    "update job set status = 'done'",
    "update job set status = 'waiting'",
    "update job set status = 'succeeded'",
    "update job set reason = 'error'",
    "update job set health = 'dead'",
    "update job set attempt = -1",
    "update job set attempt = 0",
    "update job set permille = 1000",
    "update job set permille = 1001",
    "update job set total = current - 1, current = 5",
    "update job set finished_at = 1",
    "update job set parent_step = 'files'",
    "update job set due_at = 1",
    "update job set version = 0",
    "update job set event_version = version + 1",
    "update job set seq = seq + 1",
    "update job set last_event = last_event + 1",
    "update job set ticked = last_event",
    "update job set created_at = -1",
    "update job set last_batch = null",
    "update job set last_producer = ''",
    "update step set name = ''",
    "update step set weight = -1",
    "update step set status = 'done'",
    "update step set status = 'succeeded'",
    "update step set status = 'succeeded', finished_at = 1, permille = 999",
    "update step set current = -1",
    "update step set finished_at = 1",
    "update event set message = 'x'",
    "update event set seq = seq + 1",
    "update store set epoch = 'another12345'",
    "update store set floor = -1",
    "insert into store (one, epoch) values (2, 'another12345')",
    "update producer set seq = -1",
    "update producer set producer = ''",
    "update lease set ttl_ms = 0",
    "update lease set beat = 0",
]
TAKEN = [
    "update job set message = 'x', updated_at = updated_at + 1",
    "update job set health = 'lost'",
    "update step set current = 4, total = 8",
    "update lease set beat = beat + 1",
]


@pytest.fixture
def here(file: Path) -> Iterator[Any]:
    with closing(SQLITE.connect(file, isolation_level=None)) as db:
        yield db


@pytest.fixture
def there(filled: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with closing(psycopg.connect(filled, autocommit=True, options="-c search_path=headway")) as db:
        yield db


def test_both_refuse_the_same_rows(here: Any, there: psycopg.Connection[tuple[Any, ...]]) -> None:
    for statement in REFUSED:
        with pytest.raises(SQLITE.IntegrityError):
            here.execute(statement)
            pytest.fail(f"SQLite takes it: {statement}")
        # A position that is not ahead of its job's looks like that of a transaction that began too early.
        with pytest.raises((psycopg.IntegrityError, psycopg.errors.SerializationFailure)):
            there.execute(statement.encode())
            pytest.fail(f"PostgreSQL takes it: {statement}")


def test_both_take_the_same_rows(here: Any, there: psycopg.Connection[tuple[Any, ...]]) -> None:
    for statement in TAKEN:
        assert here.execute(statement).rowcount == there.execute(statement.encode()).rowcount > 0
