"""Owns who works on a job where several servers share a folder: whoever holds its lock, until that process ends."""

from __future__ import annotations

import fcntl
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Claim:
    """One job's lock. The system takes it back from a process that was killed, so nothing has to be guessed by time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @classmethod
    def taken(cls, folder: Path) -> Claim | None:
        """The claim on the job of this folder; None while somebody has it, or where there is no such folder."""
        try:
            file = (folder / "claim").open("ab")
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return cls(file)

    def release(self) -> None:
        self._file.close()
