"""Those who are told of the newest states of a mirror's jobs: one thread for all of them, one call for each job."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from headway.watching.change import logger

LOOK_S = 0.1  # how often counts are looked at that nobody reports while the store is away
LEAVE_S = 2.0

Told = Callable[[dict[str, Any]], None]


class Listening:
    """One listener: close it, or leave its `with`."""

    def __init__(self, callback: Told, id: str | None, left: Callable[[Listening], None]) -> None:
        self.id = id
        self._callback = callback
        self._left = left
        self._failing: str | None = None

    def close(self) -> None:
        """It is told nothing more, but for a call that is under way."""
        self._left(self)

    def __enter__(self) -> Listening:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tell(self, job: dict[str, Any]) -> None:
        """Calls it; what it raises is logged, once for as long as it repeats."""
        try:
            self._callback(job)
            self._failing = None
        except Exception as error:  # noqa: BLE001  # one listener's fault is not that of the others
            if self._failing != repr(error):
                self._failing = repr(error)
                logger.warning("a listener failed on job %s: %s", job["id"], error, exc_info=True)


class Listeners:
    """Changes that come while they are busy are told together: at most one entry waits for each job."""

    def __init__(self, newest: Callable[[str], dict[str, Any] | None], counting: Callable[[], set[str]]) -> None:
        self._newest = newest
        self._counting = counting
        self._listening: tuple[Listening, ...] = ()
        self._changed: dict[str, None] = {}
        self._woken = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def add(self, callback: Told, id: str | None) -> Listening:
        """One more, which is told what changes from now on."""
        listening = Listening(callback, id, self._leave)
        with self._woken:
            self._listening = (*self._listening, listening)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="headway-listeners", daemon=True)
                self._thread.start()
        return listening

    def changed(self, job_id: str) -> None:
        """A job has a new state; returns at once."""
        if self._listening:
            with self._woken:
                self._changed[job_id] = None
                self._woken.notify()

    def close(self) -> None:
        """Tells nobody anything any more."""
        with self._woken:
            self._closed = True
            self._listening = ()
            self._woken.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(LEAVE_S)

    def _leave(self, listening: Listening) -> None:
        with self._woken:
            self._listening = tuple(one for one in self._listening if one is not listening)

    def _run(self) -> None:
        while not self._closed:
            for job_id in self._taken():
                self._tell(job_id)

    def _taken(self) -> list[str]:
        with self._woken:
            if not self._changed and not self._closed:
                self._woken.wait(LOOK_S)
            taken, self._changed = list(self._changed), {}
        return taken or sorted(self._counting())

    def _tell(self, job_id: str) -> None:
        wanted = [one for one in self._listening if one.id in (None, job_id)]
        job = self._newest(job_id) if wanted else None
        for one in wanted:
            if job is not None and one in self._listening:
                one.tell(job)
