"""Owns the end of a throwaway server: waits until nobody holds its folder, stops it there and removes the folder.

Run as a program with the folder as its argument; it reads nothing else and belongs to nobody's terminal.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

ALIVE = "alive"
PATIENCE_S = 10


def bury_when_dead(folder: Path) -> None:
    """Waits, however long, for the last process that holds the folder."""
    alive = os.open(folder / ALIVE, os.O_RDWR)
    fcntl.flock(alive, fcntl.LOCK_EX)
    _bury(folder)


def bury_if_dead(folder: Path) -> bool:
    """Ends a server whose session is gone, its undertaker too. False: it lives, or it is not ours."""
    try:
        alive = os.open(folder / ALIVE, os.O_RDWR)
    except OSError:
        return False  # another user's, or one that is being made or removed just now
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _bury(folder)
    except BlockingIOError:
        return False
    finally:
        os.close(alive)
    return True


def _bury(folder: Path) -> None:
    clear(folder)
    shutil.rmtree(folder, ignore_errors=True)


def clear(folder: Path) -> None:
    """Ends the server in the folder and removes its files, be they ever so incomplete."""
    _end_server(folder)
    data = folder / "data"
    if os.path.ismount(data):
        subprocess.run(["umount", str(data)], check=True)
    shutil.rmtree(data, ignore_errors=True)


def _end_server(folder: Path) -> None:
    """Stops the server at once: its files are of no more use, but its shared memory is the system's."""
    family = _family(folder / "data" / "postmaster.pid")
    for member in family:
        _send(member, signal.SIGCONT)  # a server that a test had paused hears nothing else
    for member in family[:1]:
        _send(member, signal.SIGQUIT)
    for member in alive_after(family, PATIENCE_S):
        _send(member, signal.SIGKILL)
    alive_after(family, PATIENCE_S)
    forget(folder)


def alive_after(family: list[psutil.Process], patience_s: float) -> list[psutil.Process]:
    """Who still runs when all have ended, or when the time is over. A zombie has ended: some systems never bury one."""
    pause = threading.Event()
    until = time.monotonic() + patience_s
    while (alive := [member for member in family if _runs(member)]) and time.monotonic() < until:
        pause.wait(0.005)
    return alive


def _runs(member: psutil.Process) -> bool:
    try:
        return bool(member.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _family(pidfile: Path) -> list[psutil.Process]:
    """The server and its children, if the number in the file still is that server's and not a stranger's."""
    try:
        server = psutil.Process(int(pidfile.read_text().split("\n", 1)[0]))
        if str(pidfile.parent) not in server.cmdline():
            return []
        return [server, *server.children(recursive=True)]
    except (OSError, ValueError, psutil.NoSuchProcess):
        return []


def _send(member: psutil.Process, which: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        member.send_signal(which)


def forget(folder: Path) -> None:
    """Removes what a killed server left: its numbers, which may be strangers' soon, and its part of shared memory."""
    with contextlib.suppress(FileNotFoundError):
        pidfile = folder / "data" / "postmaster.pid"
        for line in pidfile.read_text().splitlines()[6:7]:
            subprocess.run(["ipcrm", "-m", line.split()[1]], check=False, capture_output=True)
        pidfile.unlink()
    for socket in folder.glob(".s.PGSQL.*"):
        socket.unlink()


if __name__ == "__main__":
    bury_when_dead(Path(sys.argv[1]))
