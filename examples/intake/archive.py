"""Owns the folder of files on disk and what was made of each; every file appears whole or not at all.

    <folder>/files/<file id>/original.pdf    what was brought, byte for byte
                             brought.json    its name, size and time
                             record.json     what is known of it, from the step that makes the record on
                             text.txt        its text, pages parted by form feeds
                             filed.pdf       the original with its metadata inside

A file's id is the SHA-256 of its bytes: who brings the same again brings the same file. A name that a person gave is
shown, and never becomes part of a path.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from examples.house.names import shown_name
from examples.house.whole_files import replacing
from examples.intake.ledger import UnknownFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PAGE_BREAK = "\f"
COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What is known of a file from the moment it is here."""

    name: str
    size: int
    brought_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of a file, more with every step."""

    name: str
    size: int
    sha256: str
    pages: int | None = None
    metadata: dict[str, Any] | None = None
    filed_as: str | None = None


class Place:
    """One file's place in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file_id = folder.name
        self.original = folder / "original.pdf"
        self.filed = folder / "filed.pdf"
        self._text = folder / "text.txt"

    def brought(self) -> Brought:
        return Brought(**_read(self._folder / "brought.json"))

    def record(self) -> Record | None:
        """None until the record is made."""
        try:
            return Record(**_read(self._folder / "record.json"))
        except FileNotFoundError:
            return None

    def write_record(self, record: Record) -> None:
        _write(self._folder / "record.json", asdict(record))

    def add_to_record(self, **known: Any) -> None:
        record = self.record()
        assert record is not None, "the record is made before anything is added to it"
        self.write_record(replace(record, **known))

    def write_text(self, pages: Iterable[str]) -> int:
        """Write page after page as they come; how many characters they have."""
        characters = 0
        with replacing(self._text) as file:
            for page in pages:
                file.write((page + _PAGE_BREAK).encode("utf-8", "replace"))
                characters += len(page)
        return characters

    def text(self) -> str:
        """Its text; nothing where it has none, or none yet."""
        return self._text.read_text("utf-8").replace(_PAGE_BREAK, "\n") if self._text.exists() else ""


class Archive:
    """The folder itself; it is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "files"
        self.folder.mkdir(parents=True, exist_ok=True)

    def take_in(self, name: str | None, content: IO[bytes]) -> tuple[Place, bool]:
        """Keep a file, from where `content` stands to its end; its place, and whether it is new here."""
        arriving = self.folder / f".arriving-{uuid.uuid4().hex}"
        arriving.mkdir()
        try:
            file_id, size = _receive(content, arriving / "original.pdf")
            brought = Brought(name=shown_name(name), size=size, brought_at=_now())
            _write(arriving / "brought.json", asdict(brought))
            try:
                arriving.rename(self.folder / file_id)
            except OSError:  # it is there: a folder does not take the place of one that is not empty
                known = self.get(file_id)
                (arriving / "original.pdf").replace(known.original)  # the same bytes, unless those there were altered
                return known, False
            return Place(self.folder / file_id), True
        finally:
            shutil.rmtree(arriving, ignore_errors=True)

    def get(self, file_id: str) -> Place:
        """The place of this id, or `UnknownFile`. What is not an id of ours never reaches the disk."""
        if not _ID.fullmatch(file_id) or not (self.folder / file_id).is_dir():
            raise UnknownFile(file_id)
        return Place(self.folder / file_id)

    def places(self) -> Iterator[Place]:
        """Every file that is here."""
        return (Place(folder) for folder in self.folder.iterdir() if _ID.fullmatch(folder.name))

    def remove(self, place: Place) -> None:
        shutil.rmtree(self.folder / place.file_id)


def sha256_of(file: IO[bytes], told: Any = None) -> str:
    """The SHA-256 of what is left of a file; `told` how many bytes more were read."""
    digest = hashlib.sha256()
    while chunk := file.read(COPY_BYTES):
        digest.update(chunk)
        if told is not None:
            told(len(chunk))
    return digest.hexdigest()


def _receive(content: IO[bytes], target: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    with replacing(target) as file:
        while chunk := content.read(COPY_BYTES):
            digest.update(chunk)
            file.write(chunk)
        return digest.hexdigest(), file.tell()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _write(path: Path, content: dict[str, Any]) -> None:
    with replacing(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
