"""Owns the hall as a person starts it: served on a free port with all its applications, or run once in a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import psutil

from examples.documents import samples as documents
from examples.images import samples as images
from examples.intake import samples as intake
from tests.examples.commands import served, terminal
from tests.examples.documents.serving import Room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


_ERASED = re.compile(r"(?:\x1b\[1A|\x1b\[2K|\r(?=\x1b))+")
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COMMAND = (sys.executable, "-m", "examples")


def expected() -> dict[str, str]:
    """How the job of each sample file ought to end, by the file's name; one is brought twice, by another name."""
    brought = [*documents.samples(), *images.samples(), *intake.samples()[:-1]]
    return {sample.name: "failed" if sample.refused else "succeeded" for sample in brought}


def hall(folder: Path, *arguments: str, **settings: str) -> AbstractContextManager[Room]:
    """All applications on a free port, with their files and jobs in `folder`."""
    return served(Room, COMMAND, folder, *arguments, settings=settings)


def started(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """The command in a terminal of 80 columns that draws nothing over."""
    pipe = subprocess.PIPE
    return subprocess.Popen([*COMMAND, *arguments], env=terminal(folder, settings), stdout=pipe, stderr=pipe, text=True)


class Ran(NamedTuple):
    """What became of a run in a terminal: its exit code, its complaints, and every picture that it drew."""

    code: int
    told: str
    frames: list[str]


def ran_in_terminal(folder: Path, *arguments: str) -> Ran:
    """The command to its end in a terminal of 80 by 24, as a person sees it."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {name: value for name, value in terminal(folder).items() if name not in ("COLUMNS", "LINES")}
    environ["TERM"] = "xterm-256color"
    with subprocess.Popen([*COMMAND, *arguments], env=environ, stdout=inner, stderr=subprocess.PIPE) as process:
        os.close(inner)
        drawn = b"".join(_read(outer))
        os.close(outer)
        _none, told = process.communicate(timeout=20)
    frames = _ERASED.split(drawn.decode())
    return Ran(process.returncode, told.decode(), [_CODES.sub("", frame).replace("\r", "") for frame in frames])


def _read(terminal: int) -> Iterator[bytes]:
    with suppress(OSError):  # so Linux says that nobody has the other end any more
        while said := os.read(terminal, 65536):
            yield said


def below(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Every process that it started, and those that these started."""
    return psutil.Process(process.pid).children(recursive=True)


def runs(process: psutil.Process) -> bool:
    """Whether it is more than a name that nobody has asked about yet."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
