"""Who else has the file open, and whether the SQLite library here is safe for several at once."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Final

from headway.stores.sqlite import driver as drivers

_LOCKS: Final = Path("/proc/locks")
_log = logging.getLogger("headway.stores")


def other_processes(path: Path, *, locks: Path = _LOCKS) -> set[int] | None:
    """The process ids of others that have the database open; None where the system does not tell.

    Every connection holds a lock on the file while it is open, and Linux lists all locks. The file itself is not
    touched: a process that opens and closes it loses its own locks.
    """
    try:
        lines, inode = locks.read_text().splitlines(), str(path.stat().st_ino)
    except OSError:
        return None
    fields = [line.split() for line in lines]
    holders = {int(lock[4]) for lock in fields if len(lock) >= 6 and lock[5].rpartition(":")[2] == inode}
    return holders - {os.getpid()}


def shared_unsafely(driver: ModuleType, others: Collection[object]) -> str | None:
    """What to tell somebody whose file is shared while the library has the WAL-reset fault; None if all is well."""
    if not others or drivers.resets_wal_safely(drivers.version(driver)):
        return None
    return (
        f"SQLite {driver.sqlite_version} can damage a file that several processes write to (rarely: when a log is "
        "reset while it is written back), and others have this one open; run: pip install 'headway[sqlite]'"
    )


def warn(url: str, risk: str | None) -> None:
    """Says it once, when a store is opened."""
    if risk:
        _log.warning("store %s: %s", url, risk)
