"""Whole programs: `headway` in a pseudo-terminal or behind a pipe, and a worker that does as it is told."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from tests.cli.screen import Screen
from tests.waiting import eventually

WORKER = Path(__file__).with_name("worker.py")
# Makes the pseudo-terminal a program's own, so that Ctrl-C reaches it as a signal.
TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
HEADWAY = [sys.executable, "-m", "headway"]


def environ(store: str, **more: str) -> dict[str, str]:
    """What a program of the tests is given: nothing of the machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    return kept | {"HEADWAY_STORE": store, "TZ": "UTC", "LANG": "C.UTF-8", "TERM": "xterm-256color"} | more


def run(*args: str, store: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`headway` behind pipes, until it ends."""
    return subprocess.run(
        [*HEADWAY, *args], env=environ(store, **more), capture_output=True, text=True, check=False, timeout=60
    )


class Piped:
    """`headway` behind pipes, while it runs."""

    def __init__(self, *args: str, store: str, **more: str) -> None:
        self.process = subprocess.Popen(
            [*HEADWAY, *args], env=environ(store, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def shows(self, text: str) -> str:
        """Waits for a line that holds this text."""
        return eventually(lambda: next((line for line in self.lines if text in line), ""))

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def ends(self) -> int:
        """Its exit status."""
        status = self.process.wait(30)
        self._thread.join(10)
        return status

    @property
    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            self._thread.join(10)
            pipe.close()

    def __enter__(self) -> Piped:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))


class Terminal:
    """`headway` in a pseudo-terminal of 80 columns; `screen` is what stands on it, `raw` all that was sent to it.

    `program`: another command instead.
    """

    def __init__(
        self,
        *args: str,
        store: str,
        width: int = 80,
        height: int = 24,
        program: Sequence[str] = tuple(HEADWAY),
        **more: str,
    ) -> None:
        self.screen = Screen(width, height)
        self.raw = ""
        self._ear, mouth = pty.openpty()
        fcntl.ioctl(mouth, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, *program, *args],
            env=environ(store, **more),
            stdin=mouth,
            stdout=mouth,
            stderr=mouth,
            start_new_session=True,
        )
        os.close(mouth)
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def shows(self, *texts: str) -> str:
        """Waits until all of this stands on the screen together; answers the whole screen."""
        return self.matches(*map(re.escape, texts))

    def matches(self, *patterns: str) -> str:
        """The same for patterns. A frame comes in pieces: what is looked for together is asked for together."""
        eventually(lambda: self._fault or self._has(patterns))
        if self._fault is not None:
            raise self._fault
        return self.screen.text

    def _has(self, patterns: tuple[str, ...]) -> bool:
        text = self.screen.text
        return all(re.search(pattern, text) for pattern in patterns)

    def press(self, keys: bytes) -> None:
        os.write(self._ear, keys)

    def ends(self) -> int:
        """Its exit status, once all that it sent has been shown."""
        status = self.process.wait(30)
        self._thread.join(10)
        if self._fault is not None:
            raise self._fault
        return status

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(10)
        self._thread.join(10)
        os.close(self._ear)

    def _read(self) -> None:
        decoder = _Decoder()
        try:
            while piece := decoder.decode(self._piece()):
                self.raw += piece
                self.screen.feed(piece)
        except AssertionError as fault:
            self._fault = fault

    def _piece(self) -> bytes:
        """Linux tells the end of a terminal by an error."""
        try:
            return os.read(self._ear, 65_536)
        except OSError:
            return b""


class _Decoder:
    """UTF-8 in any pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, piece: bytes) -> str:
        whole = self._rest + piece
        for cut in range(4):
            try:
                text = whole[: len(whole) - cut].decode()
            except UnicodeDecodeError:
                continue
            self._rest = whole[len(whole) - cut :]
            return text
        return whole.decode("utf-8", "replace")


class Worker:
    """A process that reports on one job, told what to do line by line."""

    def __init__(self, store: str, folder: Path, *steps: str, kind: str = "index", lease_s: str = "30") -> None:
        more = {"HEADWAY_SPOOL": str(folder / "spool"), "HEADWAY_FLUSH_S": "0.02", "HEADWAY_LEASE_S": lease_s}
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER), kind, *steps],
            env=environ(store, **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.id = self._answer()

    def do(self, *lines: str) -> None:
        """Each line, and the worker's word that it is done and stored."""
        for line in lines:
            self.tell(line)
            assert self._answer() == "done"

    def end(self, line: str = "end") -> None:
        """The last thing that it does."""
        self.tell(line)
        self._process.wait(20)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def tell(self, line: str) -> None:
        pipe = self._pipe(self._process.stdin)
        pipe.write(line + "\n")
        pipe.flush()

    def _answer(self) -> str:
        return self._pipe(self._process.stdout).readline().strip()

    def _pipe(self, pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe
