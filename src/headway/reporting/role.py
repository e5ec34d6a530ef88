"""A background loop with one duty: one helper for all of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("headway")

PAUSE_AFTER_ERROR_S = 1.0


class Role:
    """Calls `turn` again and again in a daemon thread; `turn` returns the seconds until it wants to be called next.

    An error of a turn is logged, once for as long as it repeats, and the loop goes on.
    """

    def __init__(self, name: str, turn: Callable[[], float]) -> None:
        self._name = name
        self._turn = turn
        self._woken = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._failing: str | None = None

    def start(self) -> None:
        """Starts the loop if it is not running."""
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name=f"headway-{self._name}", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Makes the next turn come now."""
        self._woken.set()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Ends the loop after its present turn; False if that took longer than the time given."""
        thread, self._thread = self._thread, None
        self._stopping = True
        self._woken.set()
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            pause = self._turned()
            self._woken.wait(pause)
            self._woken.clear()

    def _turned(self) -> float:
        try:
            pause = self._turn()
        except Exception as error:  # a role outlives its errors; each kind is logged once
            if self._failing != repr(error):
                self._failing = repr(error)
                logger.warning("headway-%s: %s", self._name, error, exc_info=True)
            return PAUSE_AFTER_ERROR_S
        self._failing = None
        return pause
