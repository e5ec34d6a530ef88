"""Batches on the local disk that the store has not taken yet: one append-only file a process, JSON lines, synced."""

from __future__ import annotations

import json
import logging
import os
import threading
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from headway.core.errors import HeadwayError, StoreUnavailable
from headway.core.items import item_wire, parse_item
from headway.reporting.batch import Batch
from headway.reporting.locks import lock_file

logger = logging.getLogger("headway")

TAIL_MAX = 16 << 20  # bytes; more than the longest line


class Spool:
    """A file that is locked while its process lives, so that another may adopt it afterwards.

    `<store>-<name>.jsonl` holds the batches, the same with `.done` how many bytes of it were delivered. Reporters to
    different stores may share a folder: each adopts only what was meant for its own store, which would be refused and
    forgotten by another.
    """

    def __init__(self, folder: Path, store: str) -> None:
        self._folder = folder
        self._store = store
        self._mark = sha256(store.encode()).hexdigest()[:16]
        self.path = self._new_path()
        self._file: IO[bytes] | None = None
        self._done = 0  # bytes that were delivered
        self._ends: list[int] = []  # of the batches that were given out
        self._lock = threading.RLock()  # threads append while the flusher delivers

    @property
    def empty(self) -> bool:
        """Whether everything that was appended has been dropped again."""
        with self._lock:
            return self._file is None or self._done >= self._file.seek(0, os.SEEK_END)

    def append(self, batch: Batch) -> None:
        """On stable storage when it returns; StoreUnavailable when the local disk cannot take it either."""
        line = json.dumps(_to_json(batch), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            with self._lock:
                _write_synced(self._opened(), line)
        except OSError as error:
            raise StoreUnavailable(str(self.path), f"the spool cannot be written ({error.strerror})") from error

    def oldest(self, limit: int) -> list[Batch]:
        """The batches that come first, at most so many; each stays until `drop`."""
        batches: list[Batch] = []
        with self._lock:
            self._ends.clear()
            if self._file is not None:
                self._file.seek(self._done)
                while len(batches) < limit and (line := self._file.readline()):
                    self._give_out(_read(line, self.path), self._file.tell(), batches)
                if not batches:
                    self._drop_until(self._done)
        return batches

    def drop(self, count: int) -> None:
        """Forgets the first of the batches that `oldest` gave; an empty spool leaves no file."""
        with self._lock:
            if count:
                self._drop_until(self._ends[count - 1])
                del self._ends[:count]

    def adopt(self) -> bool:
        """Takes over a file that a process left behind; True if there is something to deliver."""
        with self._lock:
            if self._file is None and self._folder.is_dir():
                for path in sorted(self._folder.glob(f"{self._mark}-*.jsonl")):
                    if self._adopted(path):
                        break
            return not self.empty

    def close(self) -> None:
        """Lets go of the file; removes it when everything in it was delivered."""
        with self._lock:
            if self._file is None:
                return
            if self.empty:
                self.path.unlink(missing_ok=True)
                self.path.with_suffix(".done").unlink(missing_ok=True)
            self._file.close()
            self._file, self._done = None, 0
            self.path = self._new_path()

    def fresh(self) -> Spool:
        """A spool of its own for a forked child, in the same folder. The parent keeps its file and its lock."""
        if self._file is not None:
            self._file.close()
        return Spool(self._folder, self._store)

    def _give_out(self, batch: Batch | None, end: int, batches: list[Batch]) -> None:
        """What cannot be read goes with the batch before it."""
        if batch is not None:
            batches.append(batch)
            self._ends.append(end)
        elif self._ends:
            self._ends[-1] = end
        else:
            self._done = end

    def _drop_until(self, end: int) -> None:
        self._done = end
        if self.empty:
            self.close()
        else:
            self.path.with_suffix(".done").write_text(str(end))

    def _adopted(self, path: Path) -> bool:
        file = _locked(path)
        if file is None:
            return False
        self.path, self._file, self._done = path, file, _delivered(path)
        if self.empty:
            self.close()
        return self._file is not None

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self.path.open("a+b")
            if not lock_file(self._file) or not self.path.exists():
                # Another took it for one that was left behind, and removes it because it is empty.
                self._file.close()
                self.path = self._new_path()
                self._file = self.path.open("a+b")
                lock_file(self._file)  # once only: there are folders that know no locks
        return self._file

    def _new_path(self) -> Path:
        return self._folder / f"{self._mark}-{os.urandom(16).hex()}.jsonl"


def _write_synced(file: IO[bytes], line: bytes) -> None:
    end = file.seek(0, os.SEEK_END)
    try:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)  # half a line would swallow the one that is written after it
        raise


def _locked(path: Path) -> IO[bytes] | None:
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        return None
    if lock_file(file) and path.exists():
        _cut_half_line(file)
        return file
    file.close()
    return None


def _cut_half_line(file: IO[bytes]) -> None:
    """A crash may have cut the last line off; it was never acknowledged."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - TAIL_MAX)
    file.seek(start)
    whole = file.read().rfind(b"\n") + 1
    file.truncate(start + whole)


def _delivered(path: Path) -> int:
    mark = path.with_suffix(".done")
    return int(mark.read_text() or 0) if mark.exists() else 0


def _to_json(batch: Batch) -> dict[str, Any]:
    return {
        "job_id": batch.job_id,
        "attempt": batch.attempt,
        "producer": batch.producer,
        "producer_seq": batch.producer_seq,
        "lease": batch.lease,
        "items": [item_wire(item) for item in batch.items],
    }


def _read(line: bytes, path: Path) -> Batch | None:
    """The batch of a line. One that a damaged disk made unreadable is told and left out, not tried for ever."""
    try:
        values = json.loads(line)
        return Batch(**values | {"items": tuple(parse_item(item) for item in values["items"])})
    except (ValueError, TypeError, KeyError, HeadwayError):
        logger.exception("a spooled report in %s cannot be read and is left out: %r", path, line[:200])
        return None
