"""The connections of one process to one database: opened when needed, kept while sound, none that outlives a fork.

A pool with threads of its own would do the same, but it survives no fork, and it tells a caller only that it had to
wait too long, where a person needs to know that the password is wrong.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import psycopg

from headway.stores.forks import renewed_in_children
from headway.stores.postgres.columns import register
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.patient import Patient, Silence

Connection = psycopg.Connection[tuple[Any, ...]]

_IDLE_MAX: Final = 8  # connections kept open for who comes next
_STATEMENT_S: Final = 30  # no question takes longer; one that does has been forgotten by whoever asked
_SLACK_S: Final = 0.5  # the server gives up first, if it is there, and says why
_WITHOUT_PREPARED: Final = frozenset(("26000", "42P05", "08P01"))  # what a pooler between answers about them
_STUCK: Final = frozenset(("25006", "0A000"))  # read-only as it was when it was opened; a plan from before a migration

_T = TypeVar("_T")


class Connections:
    """Lends connections, the last one returned first. Thread-safe. `greet` looks at each new one before it is used."""

    def __init__(
        self, conninfo: dict[str, Any], faults: Faults, *, busy_s: float, greet: Callable[[Connection], None]
    ) -> None:
        self._conninfo = _bounded(conninfo, busy_s)
        self._busy_s = busy_s
        self._greet = greet
        self._prepares = True
        self._closed = False
        self.faults = faults
        self.after_fork_in_child()
        renewed_in_children(self)

    def run(self, work: Callable[[Connection], _T], *, again: bool = False, long: bool = False) -> _T:
        """Does the work on a connection. `again`: it may be done twice, if the connection turns out to be broken.

        `long`: it may take as long as a statement may, where else no answer takes longer than waiting for others does.
        """
        connection = self._lent(long)
        try:
            return self._done(connection, work)
        except psycopg.Error as error:
            prepared = connection.prepare_threshold is not None
            if not ((prepared and self._unprepared(error)) or (again and _broken(error))):
                raise self.faults.named(error) from error
        return self.run_once(work, long=long)

    def run_once(self, work: Callable[[Connection], _T], *, long: bool = False) -> _T:
        """Does the work on a connection, whatever comes of it."""
        connection = self._lent(long)
        try:
            return self._done(connection, work)
        except psycopg.Error as error:
            raise self.faults.named(error) from error

    def open(self) -> Patient:
        """A connection of the caller's own."""
        if self._closed:
            raise self.faults.closed()
        connection = Patient.connect(**self._conninfo, autocommit=True, cursor_factory=psycopg.RawCursor)
        try:
            connection.answer_s = self._busy_s + _SLACK_S
            register(connection)
            connection.prepare_threshold = 1 if self._prepares else None
            _bound(connection, self._busy_s)
            self._greet(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Closes what is idle now, and what is in use when it comes back."""
        self._closed = True
        self._drop_idle()

    def after_fork_in_child(self) -> None:
        """Begins with none: the parent's are neither used nor closed here (libpq objects know their process)."""
        self._gate = threading.Lock()
        self._inherited = getattr(self, "_idle", None)  # kept: to drop them is to warn about each
        self._idle: list[Patient] = []

    def _lent(self, long: bool) -> Patient:
        prepared = self._prepares
        try:
            connection = self._take()
        except psycopg.Error as error:
            if prepared and self._unprepared(error):
                return self._lent(long)
            raise self.faults.named(error) from error
        connection.answer_s = (_STATEMENT_S if long else self._busy_s) + _SLACK_S
        return connection

    def _done(self, connection: Patient, work: Callable[[Connection], _T]) -> _T:
        """Does the work and gives the connection back; a context manager would cost as much as all else here."""
        try:
            answer = work(connection)
        except BaseException as error:
            self._give_back_shaken(connection, error)
            raise
        self._give_back(connection)
        return answer

    def _take(self) -> Patient:
        while True:
            with self._gate:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self.open()
            if _sound(connection):
                return connection
            connection.close()

    def _give_back(self, connection: Patient) -> None:
        with self._gate:
            outdated = connection.prepare_threshold is not None and not self._prepares  # lent when nobody knew yet
            if not (self._closed or connection.closed or outdated) and len(self._idle) < _IDLE_MAX:
                self._idle.append(connection)
                return
        connection.close()

    def _give_back_shaken(self, connection: Patient, error: BaseException) -> None:
        """After an error: one that is broken, or in a state that it never leaves, says that the idle ones are, too."""
        stuck = isinstance(error, psycopg.Error) and error.sqlstate in _STUCK
        if connection.broken or stuck:
            self._drop_idle()
        if stuck or connection.closed or connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            connection.close()
        else:
            self._give_back(connection)

    def _drop_idle(self) -> None:
        with self._gate:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _unprepared(self, error: psycopg.Error) -> bool:
        """Whether a pooler lost our prepared statements: from now on there are none. Several threads may notice."""
        if error.sqlstate not in _WITHOUT_PREPARED:
            return False
        self._prepares = False
        self._drop_idle()
        return True


def _broken(error: psycopg.Error) -> bool:
    """Whether the connection was lost, and another one may do."""
    return isinstance(error, psycopg.OperationalError) and not isinstance(error, Silence)


def _sound(connection: Connection) -> bool:
    """Whether nothing has come that nobody asked for: the last word of a server that left."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


def _bounded(conninfo: dict[str, Any], busy_s: float) -> dict[str, Any]:
    """With limits for each way in which a network can be silent; what the address says itself comes first."""
    limits = {
        "connect_timeout": max(2, round(busy_s)),
        "tcp_user_timeout": int(busy_s * 1000),
        "keepalives_idle": 3,
        "keepalives_interval": 1,
        "keepalives_count": 3,
        "application_name": "headway",
    }
    return limits | conninfo | {"client_encoding": "utf8"}


def _bound(connection: Connection, busy_s: float) -> None:
    """Bounds how long the server lets us wait, and lets it plan each statement once: its guesses about the length of an
    array are no better than ours, and to plan a long statement costs more than to run it. A plan made while the store
    was small must do when it is large: it takes the index. And no statement is so long that it is worth compiling.
    """
    connection.execute(_SETTINGS, (f"{int(busy_s * 1000)}ms", f"{_STATEMENT_S}s"))


_SETTINGS: Final = """
select
  set_config('lock_timeout', $1, false),
  set_config('statement_timeout', $2, false),
  set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('enable_seqscan', 'off', false),
  set_config('jit', 'off', false)
"""
