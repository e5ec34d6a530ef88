"""Owns an application as a person starts it: its command in a process of its own, away from that person's settings."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import httpx2
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_OURS = ("HEADWAY_", "IMAGES_", "INTAKE_", "PROPOSALS_")
_OTHERS = ("AWS_", "DROPBOX_", "GEMINI_", "GOOGLE_", "OPENAI_", "POSTHOG_")


def environment(folder: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the person's own store, settings or keys reaches a test."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_OURS + _OTHERS)}
    return own | {"HEADWAY_SPOOL": str(folder / "spool"), "PYTHONUNBUFFERED": "1"} | dict(settings or {})


def terminal(folder: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a terminal of 80 columns; what is put aside for a while stays with the test, too."""
    return environment(folder, {"TMPDIR": str(folder), "COLUMNS": "80"} | dict(settings or {}))


def ran(command: tuple[str, ...], folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command to its end."""
    return subprocess.run(
        [*command, *arguments],
        env=terminal(folder, settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


class Started:
    """A served application, and a client of it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.client = httpx2.Client(base_url=url, timeout=30)

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def kill(self) -> None:
        """As a power cut does it: the server and its workers are gone at once."""
        for process in [psutil.Process(self.process.pid), *self.workers()]:
            process.kill()
        self.process.wait()


_Room = TypeVar("_Room", bound=Started)


@contextmanager
def served(
    room: type[_Room],
    command: tuple[str, ...],
    folder: Path,
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    stderr: int | None = None,
) -> Iterator[_Room]:
    """On a free port, with its files and jobs in `folder`."""
    given = (*command, "--port", "0", "--folder", str(folder), *arguments)
    environ = environment(folder, settings)
    with subprocess.Popen(given, env=environ, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        try:
            opened = room(process, _address(process))
            with opened.client:
                yield opened
        finally:
            if process.poll() is None:
                process.terminate()
                assert process.wait(timeout=15) in (0, 143, -15)


def _address(process: subprocess.Popen[str]) -> str:
    """What it prints when it can be reached."""
    for line in process.stdout or ():
        if found := _ADDRESS.search(line):
            return found[0]
    raise AssertionError(f"it said no address and ended with {process.wait()}")
