"""Owns the processes that a measurement starts: when one answers, what it costs, and that it is gone afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "bench"  # what outlives a run: environments of peers
STARTS_WITHIN_S = 30.0


class DidNotStart(Exception):
    """A program that was to be measured ended, or did not answer in time."""


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """A program and whatever it starts, until the block is left. Its output goes to a file."""
    with log.open("ab") as output:
        child = psutil.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
            env=os.environ | dict(env or {}),
        )
    try:
        yield child
    finally:
        stop(child)


def module(name: str, *arguments: object) -> list[str]:
    """The command that runs a module of ours in an interpreter of its own."""
    return [sys.executable, "-m", name, *map(str, arguments)]


def answers(child: psutil.Process, port: int, log: Path) -> None:
    """Returns when somebody listens on the port; what the program wrote instead is the reason why nobody does."""
    tick = threading.Event()
    for _ in range(int(STARTS_WITHIN_S / 0.05)):
        if child.status() == psutil.STATUS_ZOMBIE:
            break
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        tick.wait(0.05)
    raise DidNotStart(f"nothing answers on port {port}: {log.read_text().strip()[-500:]}")


def stop(child: psutil.Process) -> None:
    """Asks the whole group to end, then ends it: it was started as a session of its own."""
    for ask, within_s in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, ask)
        with contextlib.suppress(psutil.TimeoutExpired):
            child.wait(within_s)


def family(child: psutil.Process) -> list[psutil.Process]:
    return [child, *child.children(recursive=True)]


def resident_kib(child: psutil.Process) -> float:
    """Memory in use by a process and its children."""
    return sum(member.memory_info().rss for member in family(child)) / 1024
