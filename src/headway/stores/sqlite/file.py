"""One database file: what is checked before it is opened, and how each connection to it is set up."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Final

from headway.core.errors import StoreUnavailable, StoreUnusable
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.faults import Faults

APPLICATION_ID: Final = int.from_bytes(b"HWDY", "big")
# 4 MB, then the log is written back. A longer log saves writes of hot pages, but while it grows for the first time each
# sync has to record the file's new size as well, which costs as much again: with 2,000 pages that lasts twice as long,
# and nothing was gained afterwards, neither by one thread nor by 32.
WAL_PAGES: Final = 1_000


class File:
    """A path, the driver that opens it, and the time that one waits for others who write."""

    def __init__(
        self, path: Path, *, driver: ModuleType | None = None, busy_s: float = 5.0, wal_pages: int = WAL_PAGES
    ) -> None:
        self.path = path.absolute()
        self.wal_pages = wal_pages
        self.driver = driver or drivers.newest()
        drivers.bind_quickly(self.driver)
        self.url = f"sqlite:///{path.as_posix()}"
        self.faults = Faults(self.url, self.driver, busy_s)

    def check(self) -> None:
        """Raises if a store cannot be here. Nothing is written, nothing is created."""
        if drivers.version(self.driver) < drivers.OLDEST:
            need = ".".join(map(str, drivers.OLDEST))
            raise StoreUnusable(
                self.url,
                f"SQLite {self.driver.sqlite_version} is too old, {need} is needed: pip install headway[sqlite]",
            )
        self._check_place()
        if self.path.exists() and self.path.stat().st_size:
            self._check_content()

    def identity(self) -> tuple[int, int]:
        """Which file is at this path now: another one after it was replaced. Raises StoreUnavailable."""
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise StoreUnavailable(self.url, "the file is gone; put it back, or restart to begin a new one") from error
        return found.st_dev, found.st_ino

    def connect(self, *, writes: bool = False, creates: bool = False) -> sqlite3.Connection:
        """A connection for any thread. One that writes syncs every commit."""
        db = self._open("rwc" if creates else "rw")
        if writes:
            db.execute(f"pragma wal_autocheckpoint = {self.wal_pages}")
            db.execute("pragma synchronous = full")
            db.execute("pragma fullfsync = on")  # macOS: fsync alone leaves it in the drive's cache
        return db

    def _check_place(self) -> None:
        folder = self.path.parent
        if not folder.is_dir():
            raise StoreUnavailable(self.url, f"folder {folder} does not exist; create it, or choose another place")
        if self.path.is_dir():
            raise StoreUnusable(self.url, "it is a folder; name a file in it")
        for place, what in ((self.path, "the file"), (folder, f"folder {folder}")):
            if place.exists() and not os.access(place, os.R_OK | os.W_OK):
                raise StoreUnavailable(self.url, f"{what} is read-only for this user; allow writing, or choose another")

    def _check_content(self) -> None:
        """Through SQLite and nothing else: a file that is opened and closed beside it loses the locks on it."""
        try:
            owner, empty = self._owner_after_recovery()
        except self.faults.caught as error:
            raise self.faults.named(error) from error
        if owner != APPLICATION_ID and not (owner == 0 and empty):
            raise StoreUnusable(self.url, "the database belongs to another program; choose another file")

    def _owner_after_recovery(self) -> tuple[int, bool]:
        try:
            return self._owner("ro")
        except self.faults.caught as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_READONLY:
                raise
        return self._owner("rw")  # somebody was killed while writing: to read it is to undo that first

    def _owner(self, mode: str) -> tuple[int, bool]:
        """Whose database it is, by its id, and whether there is nothing in it."""
        db = self._open(mode)
        try:
            db.execute("begin")  # both of one moment: somebody else may be making the store right now
            owner = db.execute("pragma application_id").fetchone()[0]
            return owner, bool(db.execute("select count(*) = 0 from sqlite_schema").fetchone()[0])
        finally:
            db.close()

    def _open(self, mode: str) -> sqlite3.Connection:
        db: sqlite3.Connection = self.driver.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            timeout=self.faults.busy_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        return db
