"""How a process notices within milliseconds that another one wrote to the file."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Final

from headway.stores.protocol import Watcher
from headway.stores.sqlite.probe import Probe

_WITH_INOTIFY: Final = ("linux",)
LOOK_S: Final = 0.005  # between two looks at the file, where the system tells nothing


def watch_file(probe: Probe, path: Path) -> Watcher:
    """The watcher that this system can have."""
    if sys.platform in _WITH_INOTIFY:
        from headway.stores.sqlite.inotify import InotifyWatcher

        try:
            return InotifyWatcher(probe, path.with_name(path.name + "-wal"))
        except OSError:  # no watches left, or none in this container
            return LookingWatcher(probe)
    return LookingWatcher(probe)


class LookingWatcher:
    """Looks at the file every few milliseconds: 3 % of a core, on every system."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._seen = probe.version()
        self._woken = threading.Event()
        self._closed = False

    def wait(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while not self._closed:
            if self._changed():
                return True
            left = deadline - time.monotonic()
            if self._woken.wait(max(0.0, min(LOOK_S, left))):
                self._woken.clear()
                return not self._closed
            if left <= 0:
                return False
        return False

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self._closed = True
        self._woken.set()
        self._probe.close()

    def _changed(self) -> bool:
        """Compares with what the last wait saw, so that nothing between two waits is missed."""
        before, self._seen = self._seen, self._probe.version()
        return self._seen != before
