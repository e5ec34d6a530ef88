"""The versions of the schema, each with the way up to it and the way back, applied one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg

from headway.core.errors import InvalidSetting
from headway.stores.postgres.address import Address
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.rows import rows, value

_FOLDER: Final = Path(__file__).parent / "schema"
_CONNECT_S: Final = 10
_LOCK_S: Final = 10  # for a table that somebody uses


class Phase(StrEnum):
    """When a migration belongs in a rolling deployment. The first line of its script says it: `-- pre` or `-- post`."""

    PRE = "pre"  # before the first process that needs it; those from before it work on
    POST = "post"  # after the last process that could not work with it has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """From the version before to `number`, and back."""

    number: int
    name: str
    phase: Phase
    up: str
    down: str


@cache
def known() -> tuple[Migration, ...]:
    """The migrations that this version of Headway brings, in order."""
    return read_migrations(_FOLDER)


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """Of files `NNNN_name.up.sql` and `.down.sql`."""
    return tuple(_read(file) for file in sorted(folder.glob("*.up.sql")))


def needed(migrations: Sequence[Migration]) -> int:
    """The version without which no process of this Headway works; those after it may follow later."""
    return max((step.number for step in migrations if step.phase is Phase.PRE), default=0)


def version(url: str) -> int:
    """The version that is there now; nothing is changed."""
    with connected(Faults(Address(url))) as db:
        return found_version(db, known())[0]


def migrate(url: str, target: int | None = None, migrations: Sequence[Migration] | None = None) -> tuple[int, int]:
    """Brings a database to a version (the newest unless told); answers the version before and after.

    Safe when several processes do it at once, and when one is killed: every step is done wholly or not at all.
    """
    migrations = known() if migrations is None else migrations
    newest = migrations[-1].number
    if target is not None and not 0 <= target <= newest:
        raise InvalidSetting("target", f"schema versions go from 0 to {newest}, not {target}")
    goal = newest if target is None else target
    faults = Faults(Address(url))
    with connected(faults) as db:
        before, now = _step(db, faults, goal, migrations)
        while now != goal:
            now = _step(db, faults, goal, migrations)[1]
    return before, now


def found_version(db: Connection, migrations: Sequence[Migration]) -> tuple[int, bool]:
    """The version that is there, and whether a Headway that knows these migrations can work with it."""
    if not value(db, "find_schema"):
        return 0, False
    found, safe = rows(db, "read_schema_version", {"newest": migrations[-1].number})[0]
    return found, found >= needed(migrations) and safe


@contextmanager
def connected(faults: Faults) -> Iterator[Connection]:
    """A connection that looks at no schema, and whose errors are named."""
    how: dict[str, Any] = {"connect_timeout": _CONNECT_S, "application_name": "headway"}
    how |= faults.address.conninfo | {"cursor_factory": psycopg.RawCursor, "prepare_threshold": None}
    try:
        with psycopg.connect(**how, autocommit=True) as db:
            faults.check_server(db.info.server_version)
            db.isolation_level = psycopg.IsolationLevel.READ_COMMITTED  # who waited must see what the other one did
            yield db
    except psycopg.Error as error:
        raise faults.named(error) from error


def _step(db: Connection, faults: Faults, goal: int, migrations: Sequence[Migration]) -> tuple[int, int]:
    """One migration towards a version, in a transaction of its own; answers the version before and after."""
    with db.transaction():
        rows(db, "begin_migration", {"lock": f"{_LOCK_S}s"})
        now = found_version(db, migrations)[0]
        if now > migrations[-1].number:
            raise faults.schema_too_new(now, migrations[-1].number)
        if now < goal:
            _up(db, migrations[now])
            return now, now + 1
        if now > goal:
            _down(db, migrations[now - 1])
            return now, now - 1
    return now, now


def _up(db: Connection, step: Migration) -> None:
    db.execute(step.up.encode())
    rows(db, "record_migration", {"number": step.number, "name": step.name, "phase": step.phase.value})


def _down(db: Connection, step: Migration) -> None:
    rows(db, "forget_migration", {"number": step.number})
    db.execute(step.down.encode())


def _read(file: Path) -> Migration:
    up = file.read_text("utf-8")
    return Migration(
        number=int(file.name[:4]),
        name=file.name[5 : -len(".up.sql")],
        phase=Phase(up.partition("\n")[0].removeprefix("-- ")),
        up=up,
        down=file.with_name(file.name.replace(".up.", ".down.")).read_text("utf-8"),
    )
