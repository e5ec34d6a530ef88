"""Which SQLite a process uses: the one of the extra `headway[sqlite]`, else the one Python was built with."""

from __future__ import annotations

import importlib
import sqlite3
from types import ModuleType
from typing import Final

from headway.core.job import Mode, Status, StepStatus

OLDEST: Final = (3, 38, 0)  # STRICT tables, RETURNING, JSON operators
_WAL_RESET_FAULT: Final = ((3, 7, 0), (3, 51, 3))  # from the first up to, not including, the second
_WAL_RESET_MENDED: Final = ((3, 44, 6), (3, 50, 7))  # their later patch releases have it mended too


def newest() -> ModuleType:
    """pysqlite3 where it is installed, which brings a newer SQLite, else sqlite3.

    One process must not use both on one file: each forgets the locks of the other.
    """
    try:
        return importlib.import_module("pysqlite3")
    except ImportError:
        return sqlite3


def bind_quickly(driver: ModuleType) -> None:
    """Tells a driver, for the whole process, what it finds out anew at every value that is not plain text or a number.

    Nothing is stored differently, not by others either: None stays None, and the words are ours. But None is bound in
    0.1 µs instead of 0.4, with pysqlite3 instead of 1.8: without an answer it asks two objects for a method that
    neither has, and a transition binds ten of them.
    """
    driver.register_adapter(type(None), {}.get)  # answers None, without a Python frame
    for words in (Status, StepStatus, Mode):
        driver.register_adapter(words, str.__str__)


def version(driver: ModuleType) -> tuple[int, ...]:
    """The version of the SQLite library behind a driver."""
    return tuple(int(part) for part in driver.sqlite_version.split("."))


def resets_wal_safely(version: tuple[int, ...]) -> bool:
    """Whether several processes can share a file without the fault of a WAL that is reset during a checkpoint."""
    first, mended = _WAL_RESET_FAULT
    patched = any(release[:2] == version[:2] and version >= release for release in _WAL_RESET_MENDED)
    return version < first or version >= mended or patched
