"""Owns the folders of throwaway servers: in RAM, alive while somebody holds their lock, removed by whoever comes next.

A folder is alive while a lock on its file `alive` is shared by a process. The kernel lets go of it however that process
ends, so a killed session leaves a folder that everybody can see to be dead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.postgres import programs, undertaker

PREFIX = "headway-pg-"
ROOM_NEEDED = 2 << 30  # a container's 64 MB of /dev/shm would be full in a moment


def home() -> Path:
    """A folder of the system that everybody may reach, in RAM where that is large enough: sockets need short paths."""
    shm = Path("/dev/shm")
    if os.access(shm, os.W_OK) and shutil.disk_usage(shm).free >= ROOM_NEEDED:
        return shm
    return Path("/tmp")  # mkdir refuses what is already there, and 0700 keeps others out


class Folder:
    """One server's folder, alive as long as this object is not let go."""

    def __init__(self, path: Path, alive: int) -> None:
        self.path = path
        self._alive = alive
        self._undertaker: subprocess.Popen[bytes] | None = None

    @classmethod
    def of_a_session(cls, session: str) -> Folder:
        """The folder that all workers of this session share; whoever comes first makes it."""
        return _joined(home() / f"{PREFIX}{session[:12]}")

    @classmethod
    def of_its_own(cls, within: Path | None = None) -> Folder:
        return _joined((within or home()) / f"{PREFIX}{secrets.token_hex(6)}")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time: two workers shall not make the same server."""
        with open(self.path / undertaker.MAKING, "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def watch(self) -> None:
        """From now on a process of its own ends the server and removes the folder once nobody holds it any more."""
        with open(self.path / "undertaker.log", "w") as log:  # pipes to whoever called the tests must close with them
            self._undertaker = subprocess.Popen(
                [sys.executable, undertaker.__file__, str(self.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests
                cwd="/",
            )

    def let_go(self) -> None:
        """Others may still hold it."""
        os.close(self._alive)
        if self._undertaker:
            self._undertaker.returncode = 0  # nobody waits for it: it outlives this process on purpose

    def end(self) -> None:
        """Nobody else holds it: returns when the server is gone, and all its files."""
        os.close(self._alive)
        if self._undertaker:
            self._undertaker.wait(3 * undertaker.PATIENCE_S)


def _joined(path: Path) -> Folder:
    while True:
        with contextlib.suppress(FileNotFoundError):  # its undertaker was quicker
            return Folder(path, _hold(path))


def _hold(path: Path) -> int:
    """Shares the folder's lock; FileNotFoundError when the folder went away meanwhile."""
    path.mkdir(mode=0o700, exist_ok=True)
    alive = os.open(path / undertaker.ALIVE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(alive, fcntl.LOCK_SH)
        if os.fstat(alive).st_ino != (path / undertaker.ALIVE).stat().st_ino:
            raise FileNotFoundError(path)
        if os.geteuid() == 0:
            os.chown(path, programs.account().pw_uid, programs.account().pw_gid)
    except BaseException:
        os.close(alive)
        raise
    return alive


def reap() -> list[Path]:
    """Ends what dead sessions of this user left behind, and returns where that was."""
    left = (path for path in home().glob(f"{PREFIX}*") if undertaker.bury_if_dead(path))
    return list(left)
