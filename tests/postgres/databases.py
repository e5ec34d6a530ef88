"""Owns the databases that a test session makes on its server: one template with the schema, and copies of it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

from psycopg import sql

from headway.stores.postgres import migrations
from tests.postgres.server import PREFIX, Server, create, drop

DATABASES = "select datname from pg_database where starts_with(datname, %s)"
ROLES = "select rolname from pg_roles where starts_with(rolname, %s)"
MAKING = 1 << 62  # added to a session's key: somebody makes its template


class Databases:
    """Fresh databases for this worker's tests, each a copy of the template that its session made once."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._session = server.session
        self._anchor = server.connect()  # its lock says that the session lives
        self._anchor.execute("select pg_advisory_lock_shared(%s)", [self._key(self._session)])
        self._template = ""
        self._numbers = itertools.count(1)

    def close(self) -> None:
        """The last worker takes along all that is left, the template too."""
        self._anchor.execute("select pg_advisory_unlock_all()")
        self.reap()
        self._anchor.close()

    @contextmanager
    def fresh(self, *, template: str | None = None) -> Iterator[str]:
        """The URL of a database that nobody else has, as long as it lasts."""
        name = f"{PREFIX}{self._session}_{os.getpid()}_{next(self._numbers)}"
        create(self._anchor, name, template)
        try:
            yield self._server.url(name)
        finally:
            drop(self._anchor, name)

    def template(self) -> str:
        """The name of the session's database with the schema; made by the first who asks."""
        if not self._template:
            name = f"{PREFIX}{self._session}_template"
            with self._server.connect() as admin:
                admin.execute("select pg_advisory_lock(%s)", [self._key(self._session) + MAKING])
                if name not in self._names(DATABASES):
                    self._make(name)
            self._template = name
        return self._template

    def _make(self, name: str) -> None:
        """Renamed when it is whole: a worker that was killed half-way left none."""
        half = f"{name}_half"
        self._server.drop_database(half)
        self._server.create_database(half)
        migrations.migrate(self._server.url(half))
        with self._server.connect() as admin:
            admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(half), sql.Identifier(name)))

    def reap(self) -> None:
        """Removes the databases and roles of every session of which no worker lives."""
        databases = self._names(DATABASES)
        roles = self._names(ROLES)
        over = {session for session in {*map(_session, databases), *map(_session, roles)} if self._is_over(session)}
        for name in (name for name in databases if _session(name) in over):
            self._server.drop_database(name)
        for name in (name for name in roles if _session(name) in over):
            self._server.drop_role(name)

    def _names(self, question: LiteralString) -> list[str]:
        return [name for (name,) in self._anchor.execute(question, [PREFIX]).fetchall()]

    def _is_over(self, session: str) -> bool:
        """Nobody shares its lock; a lock that is got here is let go at once, the session will not come back."""
        with self._server.connect() as asking:
            row = asking.execute("select pg_try_advisory_lock(%s)", [self._key(session)]).fetchone()
        return row == (True,)

    @staticmethod
    def _key(session: str) -> int:
        return int(session, 16)


def _session(name: str) -> str:
    return name.removeprefix(PREFIX).partition("_")[0]
