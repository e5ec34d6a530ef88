"""Owns a reader's terminal: a shell of 80 columns that is typed into, and what it shows."""

from __future__ import annotations

import codecs
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
from pathlib import Path
from typing import Self

from tests.cli.programs import TAKE_TERMINAL
from tests.waiting import eventually

PROMPT = "$ "
CTRL_C = b"\x03"
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SHELL = ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"]


class Shell:
    """Interactive, as a person's is: what is typed is echoed, and a prompt says that a command has ended."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self._ear, mouth = pty.openpty()
        fcntl.ioctl(mouth, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.running = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, *_SHELL],
            cwd=folder,
            env=environ | {"PS1": PROMPT},
            stdin=mouth,
            stdout=mouth,
            stderr=mouth,
            start_new_session=True,
        )
        os.close(mouth)
        self._sent = ""
        self._typed_at = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        eventually(lambda: self._sent.endswith(PROMPT))

    def type(self, command: str) -> None:
        """Types a line, once the command before it has ended."""
        self.is_idle()
        self._typed_at = len(self._sent)
        os.write(self._ear, f"{command}\n".encode())
        eventually(lambda: "\n" in self._sent[self._typed_at :])

    def press(self, keys: bytes) -> None:
        os.write(self._ear, keys)

    def is_idle(self) -> None:
        """Waits until the command has ended."""
        eventually(lambda: self._idle, within_s=30)

    @property
    def said(self) -> str:
        """What stands between the line that was typed last and the next prompt or Ctrl-C, if there is one yet.

        Each line as it was written over last, as long as the program wrote it: a window would break it.
        """
        sent = self._sent.removesuffix(PROMPT) if self._idle else self._sent
        shown = _SEQUENCE.sub("", sent[self._typed_at :]).replace("\r\n", "\n").partition("^C")[0]
        return "\n".join(line.rpartition("\r")[2].rstrip() for line in shown.split("\n")[1:])

    @property
    def _idle(self) -> bool:
        return self._sent == PROMPT or self._sent.endswith((f"\n{PROMPT}", f"^C{PROMPT}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """As when its window is closed: whatever runs in it is told to go."""
        self.running.send_signal(signal.SIGHUP)
        try:
            self.running.wait(10)
        finally:
            self.running.kill()
            os.close(self._ear)
            self._thread.join(10)

    def _read(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while piece := self._piece():
            self._sent += decode(piece)

    def _piece(self) -> bytes:
        """Linux tells the end of a terminal by an error."""
        try:
            return os.read(self._ear, 65_536)
        except OSError:
            return b""
