"""What SQLite's errors mean for somebody who uses the store: which of ours, why, and what to do."""

from __future__ import annotations

import sqlite3
from types import ModuleType
from typing import Final

from headway.core.errors import HeadwayError, RowRefused, StoreUnavailable, StoreUnusable

_UNAVAILABLE: Final = {
    sqlite3.SQLITE_BUSY: "others have been writing to it for {busy_s:g} s without a pause; try again",
    sqlite3.SQLITE_LOCKED: "others have been writing to it for {busy_s:g} s without a pause; try again",
    sqlite3.SQLITE_READONLY: "it is read-only; give this user the right to write to the file and its folder",
    sqlite3.SQLITE_IOERR: "the disk reports an error ({name}); check the disk, and that the file is on a local one",
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check the rights on the file and its folder",
}
_UNUSABLE: Final = {
    sqlite3.SQLITE_CORRUPT: "the file is damaged ({text}); restore a backup, or rescue it with: sqlite3 FILE .recover",
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database, or its first page is damaged; choose another file",
}


class Faults:
    """Turns the errors of one driver into ours."""

    def __init__(self, url: str, driver: ModuleType, busy_s: float) -> None:
        self.url = url
        self.busy_s = busy_s
        self.caught: type[Exception] = driver.Error

    def named(self, error: Exception) -> Exception:
        """The error to raise; one that is no fault of the store stays what it is."""
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            return error
        facts = {"busy_s": self.busy_s, "name": getattr(error, "sqlite_errorname", code), "text": str(error)}
        if code & 0xFF == sqlite3.SQLITE_CONSTRAINT:
            return RowRefused(self.url, f"it refuses an impossible row, nothing was written ({error})")
        if sentence := _UNUSABLE.get(code & 0xFF):
            return StoreUnusable(self.url, sentence.format(**facts))
        sentence = _UNAVAILABLE.get(code & 0xFF, "{text} ({name})")
        return StoreUnavailable(self.url, sentence.format(**facts))

    def is_busy(self, error: Exception) -> bool:
        """Whether others only hold a lock, and waiting helps."""
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

    def busy(self) -> HeadwayError:
        """This process's own writers have not let go in time."""
        return StoreUnavailable(self.url, _UNAVAILABLE[sqlite3.SQLITE_BUSY].format(busy_s=self.busy_s))

    def closed(self) -> HeadwayError:
        return StoreUnavailable(self.url, "it was closed by this process; open it again")
