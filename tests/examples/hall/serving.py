"""Owns the hall as a person starts it: served on a free port with all its applications, or run once in a terminal."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import psutil

from examples.documents import samples as documents
from examples.images import samples as images
from tests.examples.documents.serving import environment, served

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.examples.documents.serving import Room

    Sample = documents.Sample | images.Sample

COMMAND = (sys.executable, "-m", "examples")


def expected() -> dict[str, str]:
    """How the job of each sample file ought to end, by the file's name."""
    brought: list[Sample] = [*documents.samples(), *images.samples()]
    return {sample.name: "failed" if sample.refused else "succeeded" for sample in brought}


def hall(folder: Path, *arguments: str, **settings: str) -> AbstractContextManager[Room]:
    """All applications on a free port, with their files and jobs in `folder`."""
    return served(folder, *arguments, command=COMMAND, **settings)


def started(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """The command in a terminal of 80 columns that draws nothing over."""
    environ = environment(folder) | {"TMPDIR": str(folder), "COLUMNS": "80"} | settings
    return subprocess.Popen(
        [*COMMAND, *arguments], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def below(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Every process that it started, and those that these started."""
    return psutil.Process(process.pid).children(recursive=True)


def runs(process: psutil.Process) -> bool:
    """Whether it is more than a name that nobody has asked about yet."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
