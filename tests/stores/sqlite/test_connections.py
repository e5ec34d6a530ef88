"""Connections are opened when they are needed, and let go of when they fail."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnavailable
from headway.core.job import Mode, Status, StepStatus
from headway.stores import forks
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.file import File
from headway.stores.sqlite.migrations import migrate
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life

SQLITE = drivers.newest()


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(folder / "jobs.db", busy_s=0.2)) as store:
        yield store


class Refusing(File):
    """A file whose next connections fail, as when no more files may be opened."""

    refuses = 0

    def connect(self, **how: Any) -> sqlite3.Connection:
        if self.refuses:
            self.refuses -= 1
            error = SQLITE.OperationalError("unable to open database file")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_CANTOPEN, "SQLITE_CANTOPEN"
            raise error
        return super().connect(**how)


def refuse(store: SQLiteStore, connections: int) -> None:
    """Closes what is open, and lets the next connections fail."""
    store._connections.before_fork()
    store._connections.after_fork()
    store.file.__class__ = Refusing
    store.file.refuses = connections  # type: ignore[attr-defined]  # it is one now


def test_what_cannot_be_opened_is_named_and_tried_again(store: SQLiteStore) -> None:
    life = Life(store).begun()
    refuse(store, 3)
    for call in (lambda: store.load(life.id), store.freshness, lambda: life.tell(c.Advance(delta=1))):
        with pytest.raises(StoreUnavailable, match="it cannot be opened; check the rights on the file and its folder"):
            call()
    life.tell(c.Advance(delta=1))
    assert store.load(life.id) == life.job
    assert store.freshness()


def test_an_error_that_is_none_of_sqlites_stays_what_it_is(store: SQLiteStore) -> None:
    def fail(db: sqlite3.Connection) -> None:
        db.execute("insert into lease (id, ttl_ms, owner, beat) values ('a', 1, 'b', 1)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store._connections.write(fail)
    assert store.owners() == []
    with pytest.raises(SQLITE.ProgrammingError):
        store._connections.write(lambda db: db.execute("select ?", ()))


def test_a_transaction_that_sqlite_itself_gave_up_is_over(store: SQLiteStore) -> None:
    with pytest.raises(StoreUnavailable):
        store._connections.write(lambda db: [db.execute("rollback"), db.execute("select nonsense")])
    Life(store).begun()


def test_a_thread_that_writes_for_long_does_not_stop_a_fork(store: SQLiteStore) -> None:
    """The fork waits for it as long as a write may wait, and then leaves its connection alone."""
    connections, go, inside = store._connections, threading.Event(), threading.Event()

    def work(db: sqlite3.Connection) -> None:
        inside.set()
        assert go.wait(30)

    writer = threading.Thread(target=connections.write, args=(work,))
    writer.start()
    assert inside.wait(30)
    connections.before_fork()
    connections.after_fork()
    go.set()
    writer.join(30)
    Life(store).begun()


def test_where_there_are_no_forks_nothing_is_asked(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "register_at_fork")
    forks.around_forks(store._connections)


def test_without_the_extra_pythons_own_library_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    assert drivers.newest() is sqlite3


@pytest.mark.parametrize(("busy", "opens"), [(2, True), (1000, False)])
def test_a_file_that_others_are_making_a_store_of_is_waited_for(folder: Path, busy: int, opens: bool) -> None:
    """SQLite does not wait by itself for the lock that the change to a log needs."""
    left = [busy]

    class Contended(File):
        def connect(self, **how: Any) -> sqlite3.Connection:
            return Busy(super().connect(**how))  # type: ignore[return-value]  # it stands for one

    class Busy:
        def __init__(self, db: sqlite3.Connection) -> None:
            self.db = db

        def __getattr__(self, name: str) -> Any:
            return getattr(self.db, name)

        def execute(self, statement: str, *params: Any) -> Any:
            if "journal_mode" in statement and left[0]:
                left[0] -= 1
                error = SQLITE.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return self.db.execute(statement, *params)

    file = Contended(folder / "jobs.db", busy_s=0.2)
    if opens:
        assert migrate(file) == (0, 1)
    else:
        with pytest.raises(StoreUnavailable, match=r"others have been writing to it for 0\.2 s"):
            migrate(file)


@pytest.mark.parametrize("driver", [SQLITE, sqlite3], ids=["newest", "of-python"])
def test_what_is_bound_quickly_is_what_was_bound_before(driver: Any) -> None:
    values = (None, True, False, Status.RUNNING, StepStatus.FAILED, Mode.RANGES, 1, "a")
    statement = f"select {', '.join('?, typeof(?)' for _ in values)}"
    given = [value for value in values for _ in range(2)]
    drivers.bind_quickly(driver)
    with closing(driver.connect(":memory:")) as db:
        kept = db.execute(statement, given).fetchone()
    assert kept[::2] == (None, 1, 0, "running", "failed", "ranges", 1, "a")
    assert kept[1::2] == ("null", "integer", "integer", "text", "text", "text", "integer", "text")
