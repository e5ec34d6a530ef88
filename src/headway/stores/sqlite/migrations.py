"""The versions of the schema, each with the way up to it and the way back, applied one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from headway.core.errors import InvalidSetting, StoreUnusable
from headway.stores.sqlite.file import File

_FOLDER = Path(__file__).parent / "schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """From the version before to `number` and back; each script sets `user_version` itself."""

    number: int
    name: str
    up: str
    down: str


@cache
def known() -> tuple[Migration, ...]:
    """The migrations that this version of Headway brings, in order."""
    return tuple(
        Migration(
            number=int(file.name[:4]),
            name=file.name[5 : -len(".up.sql")],
            up=file.read_text("utf-8"),
            down=file.with_name(file.name.replace(".up.", ".down.")).read_text("utf-8"),
        )
        for file in sorted(_FOLDER.glob("*.up.sql"))
    )


def migrate(file: File, target: int | None = None, migrations: Sequence[Migration] | None = None) -> tuple[int, int]:
    """Brings a file to a version (the newest unless told); answers the version before and after.

    Safe when several processes do it at once, and when one is killed: every step is done wholly or not at all.
    """
    migrations = known() if migrations is None else migrations
    newest = migrations[-1].number
    if target is not None and not 0 <= target <= newest:
        raise InvalidSetting("target", f"schema versions go from 0 to {newest}, not {target}")
    file.check()
    try:
        db = file.connect(writes=True, creates=True)
        try:
            first = _version(db, file, newest)
            _use_wal(db, file)
            return first, _climb(db, file, newest if target is None else target, migrations)
        finally:
            db.close()
    except file.faults.caught as error:
        raise file.faults.named(error) from error


def _climb(db: sqlite3.Connection, file: File, target: int, migrations: Sequence[Migration]) -> int:
    while (now := _version(db, file, migrations[-1].number)) != target:
        db.execute("begin immediate")
        try:
            _step(db, _version(db, file, migrations[-1].number), target, migrations)
            db.execute("commit")
        except BaseException:
            if db.in_transaction:
                db.execute("rollback")
            raise
    return now


def _step(db: sqlite3.Connection, now: int, target: int, migrations: Sequence[Migration]) -> None:
    """One migration towards the target, from the version that is there now that nobody else can write."""
    if now == target:
        return
    script = migrations[now].up if now < target else migrations[now - 1].down
    for statement in _statements(script):
        db.execute(statement)


def _use_wal(db: sqlite3.Connection, file: File) -> None:
    """Readers never wait for the writer. SQLite does not wait by itself for others who are doing the same."""
    patience = time.monotonic() + file.faults.busy_s
    while True:
        try:
            db.execute("pragma journal_mode = wal")
            return
        except file.faults.caught as error:
            if not file.faults.is_busy(error) or time.monotonic() > patience:
                raise
        threading.Event().wait(0.005)


def _version(db: sqlite3.Connection, file: File, newest: int) -> int:
    version: int = db.execute("pragma user_version").fetchone()[0]
    if version > newest:
        reason = f"its schema is version {version}, this Headway knows {newest}; upgrade headway"
        raise StoreUnusable(file.url, reason)
    return version


def _statements(script: str) -> Iterator[str]:
    """One after the other: `executescript` would end the transaction that holds them together."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
