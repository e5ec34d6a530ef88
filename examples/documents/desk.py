"""Owns one worker process: started when it is needed, and again when it has died."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from examples.documents.worker import Errand, work

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess
    from pathlib import Path


class Desk:
    """A place for one worker. One thread calls `do`; `leave` may come from any."""

    def __init__(self, store: str, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._lock = threading.Lock()
        self._left = False
        self._worker: tuple[SpawnProcess, Connection] | None = None

    def do(self, errand: Errand) -> bool:
        """Have an errand done. False: the worker died over it, or nobody works here any more."""
        worker = self._sit_down()
        if worker is None:
            return False
        if _done(errand, *worker):
            return True
        with self._lock:
            self._clear()
        return False

    def leave(self) -> None:
        """Stop the worker, whatever it is at, for good."""
        with self._lock:
            self._left = True
            if self._worker:
                # It has nothing to tidy up, and one that was stopped by a signal would not hear a politer word.
                self._worker[0].kill()

    def _sit_down(self) -> tuple[SpawnProcess, Connection] | None:
        with self._lock:
            if self._left:
                return None
            if self._worker and not self._worker[0].is_alive():
                self._clear()
            if self._worker is None:
                self._worker = self._started()
            return self._worker

    def _started(self) -> tuple[SpawnProcess, Connection]:
        # Spawned, not forked: a fork would copy this process's threads' locks in whatever state they are.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, self._store, str(self._folder)), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def _clear(self) -> None:
        if self._worker:
            process, errands = self._worker
            process.join()
            process.close()
            errands.close()
        self._worker = None


def _done(errand: Errand, process: SpawnProcess, errands: Connection) -> bool:
    """A dead worker answers nothing; its sentinel does, at once and without any time limit on the work."""
    try:
        errands.send(errand)
        wait([errands, process.sentinel])
        return errands.poll() and errands.recv() is None
    except (EOFError, OSError):
        return False
