"""Owns worker programs, and what they wrote down as safe."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.cli.programs import environ
from tests.house.rules import ROOT


class Working:
    """One worker with a diary and a spool in a folder."""

    def __init__(self, store: str, folder: Path, *, pace_s: float = 0.0, notes: int = 200, **more: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._diary = folder / "diary"
        settings = {"HEADWAY_SPOOL": str(folder / "spool"), "HEADWAY_PATIENCE_S": "1"} | more
        with (folder / "log").open("a") as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "tests.system.worker", str(self._diary), str(pace_s), str(notes)],
                cwd=ROOT,
                env=environ(store, **settings),
                stdin=subprocess.PIPE,
                stderr=log,
            )

    @property
    def lines(self) -> list[list[str]]:
        """What it wrote, word by word; a line that was cut off by its death says nothing."""
        text = self._diary.read_text() if self._diary.exists() else ""
        return [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def noted(self) -> dict[str, list[str]]:
        """The numbers that were acknowledged, by job."""
        found: dict[str, list[str]] = {}
        for verb, *words in self.lines:
            if verb == "noted":
                found.setdefault(words[0], []).append(words[1])
        return found

    @property
    def counted(self) -> dict[tuple[str, str], int]:
        """How far each job's steps were counted, of those that were brought to their end."""
        return {(words[0], words[1]): int(words[2]) for verb, *words in self.lines if verb == "counted"}

    @property
    def blocked_s(self) -> float:
        """The longest that one report took."""
        return max((float(words[0]) for verb, *words in self.lines if verb == "blocked"), default=0.0)

    def kill(self) -> None:
        self._popen.kill()
        self._popen.communicate()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still, longer than its lease perhaps."""
        self._popen.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._popen.send_signal(signal.SIGCONT)

    def end(self) -> int:
        """Asks it to come to an end; its exit status."""
        self._popen.communicate(timeout=90)
        return self._popen.returncode


@contextlib.contextmanager
def working(store: str, folder: Path, *, pace_s: float = 0.0, notes: int = 200, **more: str) -> Iterator[Working]:
    worker = Working(store, folder, pace_s=pace_s, notes=notes, **more)
    try:
        yield worker
    finally:
        worker.kill()
