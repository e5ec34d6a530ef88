"""The schema moves up and down one whole step at a time, whoever else does it, and whenever somebody is killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from headway.core.errors import InvalidSetting, StoreUnavailable, StoreUnusable
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.file import APPLICATION_ID, File
from headway.stores.sqlite.migrations import Migration, known, migrate
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life

SQLITE = drivers.newest()
SECOND = Migration(
    number=2,
    name="colours",
    up="create table colour (name text) strict;\ninsert into colour values ('red');\npragma user_version = 2;\n",
    down="drop table colour;\npragma user_version = 1;\n",
)
BROKEN = Migration(
    number=2,
    name="broken",
    up="create table half (x any) strict;\nselect nonsense;\npragma user_version = 2;\n",
    down="",
)


def schema(path: Path) -> list[tuple[object, ...]]:
    """Everything that the file says about its tables, indexes and triggers."""
    with closing(SQLITE.connect(path)) as db:
        rows = db.execute("select type, name, sql from sqlite_schema order by type, name").fetchall()
        return [*rows, *db.execute("pragma user_version"), *db.execute("pragma application_id")]


def with_second() -> Sequence[Migration]:
    return (*known(), SECOND)


def test_each_migration_sets_its_own_number_both_ways() -> None:
    assert [migration.number for migration in known()] == list(range(1, len(known()) + 1))
    for migration in known():
        assert migration.up.rstrip().endswith(f"pragma user_version = {migration.number};")
        assert migration.down.rstrip().endswith(f"pragma user_version = {migration.number - 1};")


def test_opening_brings_a_file_up_and_keeps_what_is_in_it(folder: Path) -> None:
    file = File(folder / "jobs.db")
    store = SQLiteStore(file.path)
    life = Life(store).begun()
    store.close()
    assert migrate(file, migrations=with_second()) == (1, 2)
    assert migrate(file, migrations=with_second()) == (2, 2)
    assert migrate(file, 1, with_second()) == (2, 1)
    with closing(SQLiteStore(file.path)) as store:
        assert store.load(life.id) == life.job


def test_down_and_up_again_is_the_same_schema(folder: Path) -> None:
    file = File(folder / "jobs.db")
    assert migrate(file, migrations=with_second()) == (0, 2)
    whole = schema(file.path)
    assert migrate(file, 0, with_second()) == (2, 0)
    assert schema(file.path) == [(0,), (0,)]
    assert migrate(file, migrations=with_second()) == (0, 2)
    assert schema(file.path) == whole
    assert (APPLICATION_ID,) in whole


def test_a_version_that_is_not_known_is_refused(folder: Path) -> None:
    file = File(folder / "jobs.db")
    for target in (-1, 2, 99):
        with pytest.raises(InvalidSetting, match="schema versions go from 0 to 1"):
            migrate(file, target)
    migrate(file, migrations=with_second())
    with pytest.raises(StoreUnusable, match="its schema is version 2, this Headway knows 1; upgrade headway"):
        SQLiteStore(file.path)


def test_a_migration_that_fails_leaves_nothing(folder: Path) -> None:
    file = File(folder / "jobs.db")
    migrate(file)
    before = schema(file.path)
    with pytest.raises(StoreUnavailable, match="nonsense"):
        migrate(file, migrations=(*known(), BROKEN))
    assert schema(file.path) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from headway.stores.sqlite.file import File
from headway.stores.sqlite.migrations import migrate
class Doomed(File):
    left = int(sys.argv[2])
    def connect(self, **how):
        db = super().connect(**how)
        db.set_trace_callback(self.count)
        return db
    def count(self, statement):
        Doomed.left -= 1
        if not Doomed.left:
            os.kill(os.getpid(), signal.SIGKILL)
migrate(Doomed(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("statement", [2, 5, 9, 14, 30])
def test_a_migration_that_is_killed_half_way_is_done_again(folder: Path, statement: int) -> None:
    path = folder / "jobs.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(statement)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    with closing(SQLITE.connect(path)) as db:
        assert db.execute("select count(*) from sqlite_schema").fetchone() == (0,)
    with closing(SQLiteStore(path)) as store:
        life = Life(store).begun()
        assert store.load(life.id) == life.job


OPENED = """
import sys
from pathlib import Path
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life
print("ready", flush=True)
sys.stdin.readline()
store = SQLiteStore(Path(sys.argv[1]))
print(store.horizon().epoch)
store.close()
"""


def test_processes_that_open_a_new_file_at_once_agree(folder: Path) -> None:
    command = [sys.executable, "-c", OPENED, str(folder / "jobs.db")]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda process: process.communicate("go\n", timeout=60)[0], processes))
    assert len(set(said)) == 1
    assert [process.returncode for process in processes] == [0] * 6


def test_threads_that_open_a_new_file_at_once_agree(folder: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: SQLiteStore(folder / "jobs.db"), range(6)))
    assert len({store.horizon().epoch for store in stores}) == 1
    for store in stores:
        store.close()


def test_the_oldest_library_that_is_tested_makes_the_same_schema(folder: Path) -> None:
    migrate(File(folder / "new.db"))
    migrate(File(folder / "old.db", driver=sqlite3))
    assert schema(folder / "new.db") == schema(folder / "old.db")
