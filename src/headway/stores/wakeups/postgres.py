"""Words over PostgreSQL's own LISTEN and NOTIFY, on connections that are used for nothing else."""

from __future__ import annotations

import selectors
import time
from pathlib import Path
from typing import Final

from headway.core.errors import InvalidSetting, MissingExtra
from headway.stores.statements import read_statements
from headway.stores.wakeups.bus import CONNECT_S, SAY_S

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.pq import ExecStatus
except ImportError as missing:
    raise MissingExtra("postgres", "psycopg") from missing

_WRITE: Final = "this is no address of a PostgreSQL database; write postgresql://user@host:port/database"
_FINE: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class PostgresBus:
    """The database that the store is in."""

    def __init__(self, conninfo: str, *, connect_s: float = CONNECT_S, say_s: float = SAY_S) -> None:
        """`conninfo`: URL or key words, of a role that need not be allowed anything but to connect.

        Raises InvalidSetting for one that leads nowhere.
        """
        try:
            conninfo_to_dict(conninfo)
        except psycopg.ProgrammingError:  # its message may repeat a part of a password
            raise InvalidSetting("HEADWAY_BUS", _WRITE) from None
        self._conninfo = conninfo
        self._connect_s = connect_s
        self._say_s = say_s
        self._statements = read_statements(Path(__file__).parent / "queries")

    @property
    def name(self) -> str:
        return "PostgreSQL"

    def speak(self) -> PostgresVoice:
        return PostgresVoice(self._connect(), self._statements["notify"], self._say_s)

    def listen(self) -> PostgresEar:
        db = self._connect()
        try:
            ask(db, self._statements["listen"], [], within_s=self._say_s)
        except BaseException:
            db.close()
            raise
        return PostgresEar(db)

    def _connect(self) -> psycopg.Connection:
        try:
            return psycopg.connect(
                self._conninfo,
                autocommit=True,
                connect_timeout=max(2, round(self._connect_s)),
                fallback_application_name="headway hints",
            )
        except psycopg.Error as error:
            error.__context__ = None  # its frames would keep what is half connected open until garbage is collected
            raise error.with_traceback(None)  # noqa: B904  # so would its own


class PostgresVoice:
    def __init__(self, db: psycopg.Connection, notify: str, say_s: float) -> None:
        self._db = db
        self._notify = notify
        self._say_s = say_s

    def say(self, word: str) -> None:
        ask(self._db, self._notify, [word.encode()], within_s=self._say_s)

    def close(self) -> None:
        self._db.close()


class PostgresEar:
    def __init__(self, db: psycopg.Connection) -> None:
        self._db = db

    def hear(self, timeout_s: float) -> list[str]:
        return [told.payload for told in self._db.notifies(timeout=timeout_s, stop_after=1)]

    def close(self) -> None:
        self._db.close()


def ask(db: psycopg.Connection, sql: str, params: list[bytes], *, within_s: float) -> None:
    """Executes one statement. An ordinary `execute` waits for ever where the network swallows everything."""
    server = db.pgconn
    deadline = time.monotonic() + within_s
    server.send_query_params(sql.encode(), params)
    with selectors.DefaultSelector() as ready:
        ready.register(server.socket, selectors.EVENT_READ)
        while server.flush() or server.is_busy():
            if not ready.select(max(0.0, deadline - time.monotonic())):
                raise psycopg.OperationalError(f"the server did not answer within {within_s:g} s")
            server.consume_input()
    while answer := server.get_result():
        if answer.status not in _FINE:
            raise psycopg.OperationalError(answer.get_error_message())
