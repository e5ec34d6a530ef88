"""Owns one worker process: started when it is needed, and again when it has died."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from examples.house.effort import Effort

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import SpawnProcess

SETTLE_S = 1.0
"""A worker's job ends a moment before its errand does."""


class Over(NamedTuple):
    """What a worker says when an errand is over: the effort of all of them so far, and what came of this one."""

    effort: Effort
    outcome: Any = None


class Desk:
    """A place for one worker. One thread calls `do`; `leave` may come from any.

    `work` runs in the worker with the other end of a pipe and `given`: it receives errands until the pipe is closed,
    and answers each with `Over`.
    """

    def __init__(self, work: Callable[..., None], *given: object) -> None:
        self._work, self._given = work, given
        self._lock = threading.Lock()
        self._left = False
        self._worker: tuple[SpawnProcess, Connection] | None = None
        self._of_the_dead = self._of_the_living = Effort()
        self._idle = threading.Event()
        self._idle.set()

    def effort(self) -> Effort:
        """Of all workers that sat here; not in it is what one told of an errand that it died over, or is long at."""
        self._idle.wait(SETTLE_S)
        return self._of_the_dead + self._of_the_living

    def do(self, errand: object) -> Over | None:
        """Have an errand done. None: the worker died over it, or nobody works here any more."""
        worker = self._sit_down()
        if worker is None:
            return None
        self._idle.clear()
        over = _done(errand, *worker)
        with self._lock:
            if over is None:
                self._clear()
            else:
                self._of_the_living = over.effort
        self._idle.set()
        return over

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
        process = context.Process(target=self._work, args=(theirs, *self._given), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def _clear(self) -> None:
        if self._worker:
            process, errands = self._worker
            process.join()
            process.close()
            errands.close()
        self._of_the_dead, self._of_the_living = self._of_the_dead + self._of_the_living, Effort()
        self._worker = None


def _done(errand: object, process: SpawnProcess, errands: Connection) -> Over | None:
    """None from a dead worker: its sentinel tells of it, at once and without any time limit on the work."""
    try:
        errands.send(errand)
        wait([errands, process.sentinel])
        over: Over | None = errands.recv() if errands.poll() else None
    except (EOFError, OSError):
        return None
    return over
