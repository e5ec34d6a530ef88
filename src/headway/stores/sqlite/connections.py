"""The connections of one process to one file: one that writes, some that read, none that outlives a fork."""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from headway.stores.forks import around_forks, keep_for_ever
from headway.stores.sqlite.file import File
from headway.stores.sqlite.migrations import migrate
from headway.stores.sqlite.probe import Probe

_IDLE_MAX: Final = 8  # reading connections kept open for the next readers
_LOOK_S: Final = 0.05  # after which it is looked whether the file is still the one that is open

_Answer = TypeVar("_Answer")


class Connections:
    """Hands out connections and takes them back. Thread-safe.

    Around a fork everything is closed, in parent and child, and opened again when it is needed: SQLite keeps in memory
    which locks a process holds, a child would inherit that memory but not the locks, and the file would be at risk.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._identity = file.identity()
        self._generation = 0  # counts the files that were found at this place
        self._writing = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._writer_of = 0  # its generation
        self._durable = True
        self._gate = threading.Condition(threading.Lock())
        self._idle: list[sqlite3.Connection] = []
        self._out = 0
        self._looked_at = time.monotonic()
        self._probes: weakref.WeakSet[Probe] = weakref.WeakSet()
        self._paused: list[Probe] = []
        self._held = False
        self._closed = False
        around_forks(self)

    def write(self, work: Callable[[sqlite3.Connection], _Answer], *, durable: bool = True) -> _Answer:
        """Does the work inside a transaction, which is committed when it returns and rolled back when it raises.

        Waits at most the file's busy time for threads of this process, and as long for other processes. A plain call:
        a context manager would cost a lone commit one more hundredth.
        """
        faults = self._file.faults
        if not self._writing.acquire(timeout=faults.busy_s):
            raise faults.busy()
        try:
            db = self._prepared(durable)
            db.execute("begin immediate")
            try:
                answer = work(db)
                db.execute("commit")
            except BaseException:
                if db.in_transaction:
                    db.execute("rollback")
                raise
            return answer
        except faults.caught as error:
            if not faults.is_busy(error):
                self._drop_writer()
            raise faults.named(error) from error
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A reading connection. Every read must be fetched whole: an open one keeps the log from being written back."""
        db, generation = self._take()
        try:
            yield db
        except self._file.faults.caught as error:
            self._give_back(db, None)
            raise self._file.faults.named(error) from error
        except BaseException:
            self._give_back(db, None)
            raise
        self._give_back(db, generation)

    def probe(self) -> Probe:
        """A connection of its own that only looks whether anything was written."""
        probe = Probe(self._open_reader, self._file.faults)
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

    def _prepared(self, durable: bool) -> sqlite3.Connection:
        """The writing connection, on the file that is there now: what is written to a deleted one is lost."""
        if self._closed:
            raise self._file.faults.closed()
        if time.monotonic() - self._looked_at > _LOOK_S:
            with self._gate:
                self._look()
        if self._writer_of != self._generation:
            self._drop_writer()
        if self._writer is None:
            self._writer, self._writer_of, self._durable = self._file.connect(writes=True), self._generation, True
        if durable is not self._durable:
            self._writer.execute("pragma synchronous = full" if durable else "pragma synchronous = normal")
            self._durable = durable
        return self._writer

    def _open_reader(self) -> sqlite3.Connection:
        if self._closed:
            raise self._file.faults.closed()
        return self._file.connect()

    def _drop_writer(self) -> None:
        """The next transaction starts from a fresh connection."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _look(self) -> None:
        """Lets go of a file that was deleted or replaced, and checks the one that is in its place."""
        if self._file.identity() != self._identity:
            migrate(self._file)
            self._identity = self._file.identity()
            self._generation += 1
            self._close_idle()
            for probe in self._probes:
                probe.renew()
        self._looked_at = time.monotonic()

    def _take(self) -> tuple[sqlite3.Connection, int]:
        with self._gate:
            if time.monotonic() - self._looked_at > _LOOK_S:
                self._look()
            generation = self._generation
            db = self._idle.pop() if self._idle else self._opened()
            self._out += 1
        return db, generation

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._open_reader()
        except self._file.faults.caught as error:
            raise self._file.faults.named(error) from error

    def _give_back(self, db: sqlite3.Connection, generation: int | None) -> None:
        """Keeps a connection that is sound and on the present file."""
        with self._gate:
            self._out -= 1
            if generation == self._generation and not self._closed and len(self._idle) < _IDLE_MAX:
                self._idle.append(db)
            else:
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
        """Where a thread wrote for too long, or the fork was not Python's own, the child leaves what it inherited."""
        if self._held:
            self.after_fork()
            return
        for db in (self._writer, *self._idle):
            if db is not None:
                keep_for_ever(db)
        self._writing, self._gate = threading.Lock(), threading.Condition(threading.Lock())
        self._writer, self._idle, self._out = None, [], 0
