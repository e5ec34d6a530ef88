"""Sees in microseconds whether anybody wrote to the file: other processes, and other connections of this one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from headway.stores.sqlite.faults import Faults


class Probe:
    """A connection that only asks SQLite's own counter of commits. Thread-safe."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], faults: Faults) -> None:
        self._connect = connect
        self._faults = faults
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._renewing = False
        self._generation = 0

    def version(self) -> int:
        """A number that is another one after each commit."""
        with self._lock:
            try:
                db = self._opened() if self._db is None or self._renewing else self._db
                count: int = db.execute("pragma data_version").fetchone()[0]
            except self._faults.caught as error:
                self._shut()
                raise self._faults.named(error) from error
            return self._generation + count

    def renew(self) -> None:
        """The file was replaced: the next look opens the one that is there now."""
        self._renewing = True

    def pause(self) -> None:
        """Closes, and holds whoever asks until `resume`."""
        self._lock.acquire()
        self._shut()

    def resume(self) -> None:
        self._lock.release()

    def close(self) -> None:
        with self._lock:
            self._shut()

    def _opened(self) -> sqlite3.Connection:
        """Each connection counts from its own beginning: a new one must not repeat a number."""
        self._shut()
        self._renewing = False
        self._db = self._connect()
        self._generation += 1 << 32
        return self._db

    def _shut(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
