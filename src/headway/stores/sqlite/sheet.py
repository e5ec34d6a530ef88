"""Rows on their way into the file: written at once for one commit, gathered by statement for a group of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from headway.stores.sqlite.statements import statements

Row = tuple[Any, ...]
Put = Callable[[str, Row], None]
"""Takes the name of a statement and its values. LostRace if no row is written, at once or when all are."""

_MARKS: Final = frozenset(("register_producer", "advance_producer"))
# Job rows first: the schema wants a job's version to be ahead of its events.
_BEFORE: Final = ("advance_job", "update_job")
_AFTER: Final = ("insert_step", "update_step", "append_event")


class LostRace(Exception):
    """A job is no longer what its commit was decided on; the transaction must be rolled back."""


def at_once(db: sqlite3.Connection) -> Put:
    """Writes each row when it is put."""
    sql, execute = statements(), db.execute

    def put(statement: str, row: Row) -> None:
        if execute(sql[statement], row).rowcount != 1:
            raise LostRace

    return put


class Sheet:
    """Gathers the rows of a group, so that each statement runs once over all of its rows."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {statement: [] for statement in (*_BEFORE, *_AFTER)}
        self._marks: list[tuple[str, Row]] = []

    def put(self, statement: str, row: Row) -> None:
        if statement in _MARKS:
            self._marks.append((statement, row))
        else:
            self._rows[statement].append(row)

    def write(self, db: sqlite3.Connection) -> None:
        """Writes everything, or raises LostRace."""
        for statement in _BEFORE:
            _all_or_lost(db, statement, self._rows[statement])
        for statement, marks in groupby(self._marks, key=itemgetter(0)):  # in their order: one may follow another
            _all_or_lost(db, statement, [row for _, row in marks])
        for statement in _AFTER:
            _all_or_lost(db, statement, self._rows[statement])


def _all_or_lost(db: sqlite3.Connection, statement: str, rows: list[Row]) -> None:
    if rows and db.executemany(statements()[statement], rows).rowcount != len(rows):
        raise LostRace
