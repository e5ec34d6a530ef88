"""A new job inside somebody else's transaction: it exists when they commit, and never did when they roll back."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from headway.core.errors import InvalidReport
from headway.stores.postgres.batches import LostRace
from headway.stores.postgres.columns import register
from headway.stores.postgres.faults import LOST_RACE
from headway.stores.postgres.sheets import Births, Places
from headway.stores.postgres.statements import statements
from headway.stores.protocol import Commit

Cursor = psycopg.RawCursor[tuple[Any, ...]]


def insert_in(connection: object, commit: Commit) -> bool:
    """Stores a new job; False, and their transaction goes on, when its id or external id is taken."""
    if not isinstance(connection, psycopg.Connection):
        raise InvalidReport("connection", f"must be a psycopg.Connection, not {type(connection).__name__}")
    cursor = psycopg.RawCursor(connection, row_factory=tuple_row)
    register(cursor)
    if connection.autocommit and connection.info.transaction_status is TransactionStatus.IDLE:
        return _inserted(cursor, commit)
    cursor.execute("savepoint headway_create")
    stored = _inserted(cursor, commit)
    cursor.execute("release headway_create" if stored else "rollback to headway_create")
    return stored


def _inserted(cursor: Cursor, commit: Commit) -> bool:
    births = Births(Places(_asked(cursor, "read_place", {})))
    try:
        births.enter(commit)
        # Nothing is said about what else they write in this transaction: the schema looks at each row.
        _asked(cursor, "insert_jobs", births.parameters() | {"sync": "on", "flush": "off"})
    except LostRace:
        return False
    except psycopg.Error as error:
        if error.sqlstate != LOST_RACE:
            raise
        return False
    return True


def _asked(cursor: Cursor, statement: str, params: dict[str, Any]) -> int:
    sql, names = statements()[statement]
    row = cursor.execute(sql, [params[name] for name in names]).fetchone()
    assert row is not None
    return int(row[0])
