"""On Linux the system tells when the log of the file is written to: a watcher that sleeps until then."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from headway.stores.sqlite.probe import Probe

_MODIFIED: Final = 0x2
_GONE: Final = 0x400 | 0x800 | 0x8000  # deleted, moved, or no longer watched
_FLAGS: Final = os.O_NONBLOCK | os.O_CLOEXEC
_HEAD: Final = struct.Struct("iIII")  # watch, mask, cookie, length of the name that follows

FLOOR_S: Final = 1.0  # it looks at the file at least this often, whatever the system tells
# When to look again after the log was written to: a commit is written, then synced, and only then to be seen. How long
# a sync takes depends on the disk, so the pauses grow with the time that has passed.
_SETTLING_S: Final = (0.0001, 0.0001, 0.0002, 0.0002, 0.0004, 0.0008, 0.002, 0.003, 0.006, 0.012, 0.025, 0.05, 0.1, 0.2)


class InotifyWatcher:
    """Told by the kernel: a change is seen in a fraction of a millisecond, and waiting costs nothing."""

    def __init__(self, probe: Probe, log: Path) -> None:
        """Raises OSError where the system cannot watch (another system, no watches left)."""
        self._probe = probe
        self._log = os.fsencode(log)
        self._seen = probe.version()  # its connection also makes sure that there is a log
        self._inotify = _Inotify()
        self._told = select.poll()
        self._ear, self._bell = os.pipe2(_FLAGS)
        self._told.register(self._inotify.fd, select.POLLIN)
        self._told.register(self._ear, select.POLLIN)
        self._woken = threading.Event()
        self._waiting = threading.Lock()
        # Held while the flag and the pipe change, which belong together; and while they are closed: the number of a
        # closed file may be another one's by now.
        self._ringing = threading.Lock()
        self._closed = False
        self._armed = self._inotify.watch(self._log)

    def wait(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        pauses: Iterator[float] = iter(())
        with self._waiting:
            while not self._closed:
                if self._changed() or self._was_woken():
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                if self._rest(min(next(pauses, FLOOR_S), left)):
                    self._armed = self._inotify.drain() and self._armed
                    pauses = iter(_SETTLING_S)
        return False

    def wake(self) -> None:
        with self._ringing:
            self._ring()

    def close(self) -> None:
        with self._ringing:
            if self._closed:
                return
            self._ring()
            self._closed = True
        with self._waiting:
            for fd in (self._inotify.fd, self._ear, self._bell):
                os.close(fd)
        self._probe.close()

    def _changed(self) -> bool:
        """Compares with what the last wait saw, so that nothing between two waits is missed."""
        if not self._armed:  # the log was removed: look first, which makes a new one
            self._probe.version()
            self._armed = self._inotify.watch(self._log)
        before, self._seen = self._seen, self._probe.version()
        return self._seen != before

    def _ring(self) -> None:
        """Once until it is heard, however often it is asked for: the pipe never fills."""
        if not self._closed and not self._woken.is_set():
            os.write(self._bell, b".")
            self._woken.set()

    def _was_woken(self) -> bool:
        with self._ringing:
            if not self._woken.is_set():
                return False
            self._woken.clear()
            os.read(self._ear, 1)
            return True

    def _rest(self, pause_s: float) -> bool:
        """Sleeps until something is told; below a millisecond, which the poll cannot, only `wake` is heard."""
        if pause_s < 0.001:
            self._woken.wait(pause_s)
            return False
        return bool(self._told.poll(pause_s * 1000))


class _Inotify:
    """The three calls of the kernel's interface that are needed."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd: int = self._libc.inotify_init1(_FLAGS)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1 failed")

    def watch(self, path: bytes) -> bool:
        """Whether the file is watched from now on; a file that is not there is not."""
        watch: int = self._libc.inotify_add_watch(self.fd, path, _MODIFIED | _GONE)
        return watch >= 0

    def drain(self) -> bool:
        """Takes what was told; False when the file is gone."""
        there = True
        try:
            while told := os.read(self.fd, 65536):
                at = 0
                while at < len(told):
                    _, mask, _, length = _HEAD.unpack_from(told, at)
                    at += _HEAD.size + length
                    there = there and not mask & _GONE
        except BlockingIOError:
            return there
        return there
