"""Waiting that never takes longer than a second, whether or not anybody is told."""

from __future__ import annotations

import threading
import time
from typing import Final

from headway.stores.forks import renewed_in_children

FLOOR_S: Final = 1.0


class FloorWatcher:
    """Says every second that something may have changed; sooner where somebody tells it. Touches no network."""

    def __init__(self, *, floor_s: float = FLOOR_S) -> None:
        self._floor_s = floor_s
        self._told = threading.Event()
        self._closed = threading.Event()
        self._told_at = time.monotonic()
        renewed_in_children(self)

    def wait(self, timeout_s: float) -> bool:
        left = self._told_at + self._floor_s - time.monotonic()
        told = self._told.wait(max(0.0, min(timeout_s, left)))
        if self._closed.is_set() or not (told or left <= timeout_s):
            return False
        self._told.clear()
        self._told_at = time.monotonic()
        return True

    def wake(self) -> None:
        self._told.set()

    def close(self) -> None:
        self._closed.set()
        self._told.set()

    def after_fork_in_child(self) -> None:
        """The locks inside may have been held by threads that do not run here."""
        closed = self._closed.is_set()
        self._told, self._closed = threading.Event(), threading.Event()
        if closed:
            self.close()
