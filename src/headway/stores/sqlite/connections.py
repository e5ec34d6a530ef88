"""The connections of one process to one file: one that writes, some that read, none that outlives a fork."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from headway.stores.sqlite.file import File

_IDLE_MAX: Final = 8  # reading connections kept open for the next readers


class Connections:
    """Hands out connections and takes them back. Thread-safe.

    Around a fork everything is closed, in parent and child, and opened again when it is needed: SQLite keeps in memory
    which locks a process holds, a child would inherit that memory but not the locks, and the file would be at risk.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._writing = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._durable = True
        self._gate = threading.Condition(threading.Lock())
        self._idle: list[sqlite3.Connection] = []
        self._out = 0
        self._probes: weakref.WeakSet[Probe] = weakref.WeakSet()
        self._held = False
        self._paused: list[Probe] = []
        self._closed = False
        _around_forks(self)

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """The one writing connection, inside a transaction that is committed at the end or rolled back by an error.

        Waits at most the file's busy time for threads of this process, and as long for other processes.
        """
        faults = self._file.faults
        if not self._writing.acquire(timeout=faults.busy_s):
            raise faults.busy()
        try:
            db = self._writer or self._open_writer()
            if durable is not self._durable:
                self._sync(db, durable)
            db.execute("begin immediate")
            try:
                yield db
                db.execute("commit")
            except BaseException:
                if db.in_transaction:
                    db.execute("rollback")
                raise
        except faults.caught as error:
            if not faults.is_busy(error):
                self._drop_writer()
            raise faults.named(error) from error
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A reading connection. Every read must be fetched whole: an open one keeps the log from being written back."""
        db = self._take()
        try:
            yield db
        except self._file.faults.caught as error:
            self._give_back(db, broken=True)
            raise self._file.faults.named(error) from error
        except BaseException:
            self._give_back(db, broken=True)
            raise
        self._give_back(db)

    def probe(self) -> Probe:
        """A connection of its own that only looks whether anything was written."""
        probe = Probe(self._open_reader, self._file)
        with self._gate:
            self._probes.add(probe)
        return probe

    def close(self) -> None:
        """Closes what is idle now, and what is in use when it comes back."""
        with self._writing:
            self._closed = True
            self._drop_writer()
            with self._gate:
                self._close_idle()
        for probe in list(self._probes):
            probe.close()

    def _open_writer(self) -> sqlite3.Connection:
        if self._closed:
            raise self._file.faults.closed()
        self._writer, self._durable = self._file.connect(writes=True), True
        return self._writer

    def _open_reader(self) -> sqlite3.Connection:
        if self._closed:
            raise self._file.faults.closed()
        return self._file.connect()

    def _drop_writer(self) -> None:
        """After an error the next transaction starts from a fresh connection."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _sync(self, db: sqlite3.Connection, durable: bool) -> None:
        db.execute("pragma synchronous = full" if durable else "pragma synchronous = normal")
        self._durable = durable

    def _take(self) -> sqlite3.Connection:
        with self._gate:
            self._out += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._open_reader()
        except BaseException as error:
            self._give_back(None)
            if isinstance(error, self._file.faults.caught):
                raise self._file.faults.named(error) from error
            raise

    def _give_back(self, db: sqlite3.Connection | None, *, broken: bool = False) -> None:
        with self._gate:
            self._out -= 1
            keep = not broken and not self._closed and len(self._idle) < _IDLE_MAX
            if db is not None and keep:
                self._idle.append(db)
            elif db is not None:
                db.close()
            if not self._out:
                self._gate.notify_all()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def before_fork(self) -> None:
        """Closes everything and lets no thread open anything until the fork is done."""
        self._held = self._writing.acquire(timeout=self._file.faults.busy_s)
        if not self._held:
            return
        self._gate.acquire()
        self._gate.wait_for(lambda: not self._out, timeout=self._file.faults.busy_s)
        self._drop_writer()
        self._close_idle()
        self._paused = list(self._probes)
        for probe in self._paused:
            probe.pause()

    def after_fork(self) -> None:
        """Parent and child go on, each with connections of its own."""
        if not self._held:
            return
        while self._paused:
            self._paused.pop().resume()
        self._held = False
        self._gate.release()
        self._writing.release()

    def after_fork_in_child(self) -> None:
        """Where a thread held a connection for too long, or the fork was not Python's own, the child lets go of all."""
        if self._held:
            self.after_fork()
            return
        import ctypes  # it takes long to import, and this hardly ever happens

        for db in (self._writer, *self._idle):
            if db is not None:
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(db))  # never closed: that is the parent's to do
        self._writing, self._gate = threading.Lock(), threading.Condition(threading.Lock())
        self._writer, self._idle, self._out = None, [], 0


class Probe:
    """Sees in microseconds whether anybody wrote to the file: other processes, and other connections of this one."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], file: File) -> None:
        self._connect = connect
        self._file = file
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._generation = 0

    def version(self) -> int:
        """A number that is another one after each commit."""
        with self._lock:
            try:
                db = self._db or self._open()
                count: int = db.execute("pragma data_version").fetchone()[0]
            except self._file.faults.caught as error:
                self._shut()
                raise self._file.faults.named(error) from error
        return self._generation + count

    def pause(self) -> None:
        """Closes, and holds whoever asks until `resume`."""
        self._lock.acquire()
        self._shut()

    def resume(self) -> None:
        self._lock.release()

    def close(self) -> None:
        with self._lock:
            self._shut()

    def _open(self) -> sqlite3.Connection:
        """Each connection counts from its own beginning: a new one must not repeat a number."""
        self._db = self._connect()
        self._generation += 1 << 32
        return self._db

    def _shut(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _around_forks(connections: Connections) -> None:
    if not hasattr(os, "register_at_fork"):
        return
    alive = weakref.ref(connections)

    def calling(name: str) -> Callable[[], None]:
        def call() -> None:
            if (known := alive()) is not None:
                getattr(known, name)()

        return call

    os.register_at_fork(
        before=calling("before_fork"),
        after_in_parent=calling("after_fork"),
        after_in_child=calling("after_fork_in_child"),
    )
