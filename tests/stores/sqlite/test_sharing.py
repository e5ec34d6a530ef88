"""Who uses a file together is told when their SQLite is not safe for it."""

from __future__ import annotations

import logging
import os
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from headway.stores.protocol import Lease
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite import store as stores
from headway.stores.sqlite.sharing import other_processes, shared_unsafely
from headway.stores.sqlite.store import SQLiteStore


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.6.23", True),
        ("3.7.0", False),
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.0", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.53.4", True),
        ("4.0.0", True),
    ],
)
def test_the_versions_with_the_fault_are_known(version: str, safe: bool) -> None:
    driver = SimpleNamespace(sqlite_version=version)
    assert drivers.resets_wal_safely(drivers.version(driver)) is safe  # type: ignore[arg-type]  # all that it asks
    told = shared_unsafely(driver, {4711})  # type: ignore[arg-type]  # all that it asks
    assert (told is None) is safe
    assert shared_unsafely(driver, set()) is None  # type: ignore[arg-type]  # all that it asks


def test_somebody_who_shares_a_file_unsafely_is_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(drivers, "resets_wal_safely", lambda version: False)
    monkeypatch.setattr(stores, "other_processes", lambda path: {4711})
    with caplog.at_level(logging.WARNING), closing(SQLiteStore(folder / "jobs.db")) as store:
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "can damage a file that several processes write to" in caplog.text
        assert "pip install 'headway[sqlite]'" in caplog.text
        assert store.risk() is not None


def test_who_has_a_file_alone_is_not_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), closing(SQLiteStore(folder / "jobs.db")):
        assert caplog.records == []


def test_leases_tell_who_else_writes_where_the_system_does_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "resets_wal_safely", lambda version: False)
    monkeypatch.setattr(stores, "other_processes", lambda path: None)
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        store.beat([Lease("a", 1000, "host:1")])
        assert store.risk() is None
        store.beat([Lease("b", 1000, "host:1"), Lease("c", 1000, "host:2")])
        assert store.owners() == ["host:1", "host:2"]
        assert store.risk() is not None


def test_the_locks_of_a_system_are_read(folder: Path) -> None:
    (folder / "jobs.db").touch()
    inode = (folder / "jobs.db").stat().st_ino
    locks = folder / "locks"
    own, other = os.getpid(), os.getpid() + 1
    locks.write_text(
        f"1: POSIX  ADVISORY  READ  {own} fe:00:{inode} 1073741826 1073742335\n"
        f"2: POSIX  ADVISORY  READ  {other} fe:00:{inode} 1073741826 1073742335\n"
        f"2: -> POSIX  ADVISORY  WRITE 77 fe:00:{inode} 120 120\n"
        f"3: FLOCK  ADVISORY  WRITE 99 fe:00:{inode + 1} 0 EOF\n"
        "\n"
    )
    assert other_processes(folder / "jobs.db", locks=locks) == {other}
    assert other_processes(folder / "jobs.db", locks=folder / "none") is None
