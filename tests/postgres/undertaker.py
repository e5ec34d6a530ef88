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
MAKING = "making"  # the lock of those who would make a server here
KEPT = {ALIVE, MAKING}
PROGRAMS = {"postgres", "initdb", "pg_ctl", "pgbouncer"}
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
    (folder / MAKING).unlink(missing_ok=True)
    (folder / ALIVE).unlink()  # last: as long as it is there, somebody will try again
    folder.rmdir()


def clear(folder: Path) -> None:
    """Ends the servers in the folder and removes their files, be they ever so incomplete."""
    _end_servers(folder)
    if os.path.ismount(folder / "data"):
        subprocess.run(["umount", "-l", str(folder / "data")], check=True)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name not in KEPT:
            entry.unlink()


def _end_servers(folder: Path) -> None:
    """Stops them at once: their files are of no more use, but their shared memory is the system's."""
    servers = [server for server in psutil.process_iter(["name", "cmdline"]) if _works_in(folder, server)]
    family = [*servers, *(child for server in servers for child in children(server))]
    for member in family:
        send(member, signal.SIGCONT)  # a server that a test had paused hears nothing else
    for server in servers:
        send(server, signal.SIGQUIT)
    for member in alive_after(family, PATIENCE_S):
        send(member, signal.SIGKILL)
    alive_after(family, PATIENCE_S)
    forget(folder)


def _works_in(folder: Path, program: psutil.Process) -> bool:
    """By its arguments, not by the number in its file, which may be a stranger's by now."""
    words = program.info["cmdline"] or ()
    return program.info["name"] in PROGRAMS and any(f"{folder}/" in word for word in words)


def children(server: psutil.Process) -> list[psutil.Process]:
    try:
        return server.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def send(member: psutil.Process, which: signal.Signals) -> None:
    """A signal to somebody who may have ended meanwhile."""
    with contextlib.suppress(psutil.NoSuchProcess):
        member.send_signal(which)


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
