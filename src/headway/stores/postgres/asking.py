"""One prepared statement asked the short way: no cursor is made, and nobody looks for the type of each value.

Psycopg's cursor spends as long on a short statement as the server does. What a connection waits with is psycopg's own,
so that a signal still ends the wait and an error is still the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final, LiteralString, NamedTuple
from weakref import WeakKeyDictionary

from psycopg import generators
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from headway.stores.postgres.columns import is_text
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.statements import statements

Value = str | int | float | None
_WELL: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class Asking:
    """Knows which statements each connection has prepared."""

    def __init__(self) -> None:
        self._prepared: WeakKeyDictionary[Connection, set[bytes]] = WeakKeyDictionary()

    def number(self, db: Connection, statement: str, fields: tuple[str, ...], values: Sequence[Value]) -> int | None:
        """The one number that a named statement answers; None if it answers no row."""
        asked = _asked(statement, fields)
        ordered = asked.pick(values)
        if db.prepare_threshold is None:  # a pooler in between loses them
            row = db.execute(asked.sql, ordered, prepare=False).fetchone()
            return int(row[0]) if row else None
        try:
            answer = self._asked(db, asked, ordered)
        except InvalidSqlStatementName:
            if db.info.transaction_status is not TransactionStatus.IDLE:
                raise
            # After a rollback psycopg forgets what it has prepared, and lets the server forget whatever there is.
            self._prepared.pop(db, None)
            answer = self._asked(db, asked, ordered)
        return int(answer.get_value(0, 0) or 0) if answer.ntuples else None

    def _asked(self, db: Connection, asked: _Asked, ordered: Sequence[Any]) -> PGresult:
        prepared = self._prepared.setdefault(db, set())
        if asked.name not in prepared:
            db.pgconn.send_prepare(asked.name, asked.sql.encode())
            _answered(db)
            prepared.add(asked.name)
        db.pgconn.send_query_prepared(asked.name, [_sent(each.__class__)(each) for each in ordered], asked.formats)
        return _answered(db)


def _answered(db: Connection) -> PGresult:
    result: PGresult = db.wait(generators.execute(db.pgconn))[0]
    if result.status not in _WELL:
        raise error_from_result(result, encoding="utf-8")
    return result


class _Asked(NamedTuple):
    """A statement under a name that only this text has: behind a pooler, others may have prepared theirs."""

    name: bytes
    sql: LiteralString
    pick: Callable[[Sequence[Value]], tuple[Any, ...]]  # the values in the order of its parameters
    formats: Sequence[bool]  # text goes as it is, so that the server itself refuses a NUL in it; numbers go as digits


@cache
def _sent(kind: type) -> Callable[[Any], bytes | None]:
    """How a value of this type is sent."""
    if issubclass(kind, str):
        return str.encode
    return _nothing if kind is type(None) else b"%r".__mod__


def _nothing(_none: None) -> None:
    """SQL's null."""


@cache
def _asked(statement: str, fields: tuple[str, ...]) -> _Asked:
    sql, names = statements()[statement]
    digest = hashlib.blake2s(sql.encode(), digest_size=6).hexdigest()
    name = f"{statement}-{digest}".encode()
    return _Asked(name, sql, itemgetter(*map(fields.index, names)), [is_text(each) for each in names])
