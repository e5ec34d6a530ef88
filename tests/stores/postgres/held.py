"""Owns transactions that tests hold open: their changes are written, and nobody sees them until they say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from headway.core import commands as c
from headway.core.job import Job
from headway.stores.postgres.columns import register
from headway.stores.postgres.keys import Keys
from headway.stores.postgres.rows import value
from headway.stores.postgres.sheets import Changes, Places
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import Commit
from tests.stores.lives import commit_of

Connection = psycopg.Connection[tuple[Any, ...]]


class Held:
    """One open transaction on a connection of its own."""

    def __init__(self, store: PostgresStore, db: Connection) -> None:
        self.db = db
        self._store = store
        self.db.execute("begin")

    def take_number(self) -> None:
        """Gets its transaction id now, as one does that has written something else."""
        self.db.execute("select pg_current_xact_id()")

    def create(self, commit: Commit) -> Job:
        """A new job, as a program that uses the same database makes it."""
        assert self._store.create_in(self.db, commit)
        return commit.after

    def change(self, job: Job, *commands: c.Command) -> tuple[int, Job]:
        """Writes what the commands make of a job; the position and the state.

        Not as a store does, which vouches for what it writes: here the schema looks at each row.
        """
        commit, keys = commit_of(job, *commands), Keys()
        key = keys.of(self.db, [commit])[job.id]
        sheet = Changes(Places(value(self.db, "read_place")))
        place = sheet.enter(key, commit, keys.last(key))
        first: int = value(self.db, "change_jobs", sheet.parameters() | {"sync": "on", "flush": "off"})
        return first + place, commit.after

    def commit(self) -> None:
        self.db.execute("commit")

    def rollback(self) -> None:
        self.db.execute("rollback")


@contextmanager
def held(store: PostgresStore) -> Iterator[Held]:
    """An open transaction, rolled back at the end if it is still open."""
    connection = psycopg.connect(**store.address.conninfo, autocommit=True, cursor_factory=psycopg.RawCursor)
    register(connection)
    with closing(connection):
        yield Held(store, connection)
