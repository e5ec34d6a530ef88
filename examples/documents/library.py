"""Owns the folder of documents on disk and what was made of each; every file appears whole or not at all.

    <folder>/<document id>/original.pdf      the upload, byte for byte
                           document.json     its name, size, time and job
                           text.txt          the text, pages parted by form feeds
                           text.index        where each page begins: page 3000 opens as fast as page 1
                           thumbnail.png     page 1
                           outcome.json      what came out, written last

Ids are made here. A name that a person gave is shown, and never becomes part of a path.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from array import array
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from examples.house.names import shown_name
from examples.house.whole_files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PAGE_BREAK = b"\f"
_COPY_BYTES = 1 << 20


class UnknownDocument(LookupError):
    """No document has this id, or it is not an id at all."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id
        super().__init__("There is no such document here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a document from the moment it is here."""

    id: str
    name: str
    size: int
    uploaded_at: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out of a document that was read to its end."""

    title: str
    pages: int
    pages_without_text: int
    characters: int
    thumbnail_width: int
    thumbnail_height: int
    thumbnail_bytes: int


class Document:
    """One document's place in the folder."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.id = place.name
        self.original = place / "original.pdf"
        self.text_file = place / "text.txt"
        self._index = place / "text.index"
        self.thumbnail = place / "thumbnail.png"

    def card(self) -> Card:
        return Card(**_read(self._place / "document.json"))

    def outcome(self) -> Outcome | None:
        """What came out, or None as long as the document has not been read to its end."""
        try:
            return Outcome(**_read(self._place / "outcome.json"))
        except FileNotFoundError:
            return None

    def write_job_id(self, job_id: str) -> None:
        card = asdict(self.card()) | {"job_id": job_id}
        _write(self._place / "document.json", card)

    def write_outcome(self, outcome: Outcome) -> None:
        _write(self._place / "outcome.json", asdict(outcome))

    def write_text(self, pages: Iterable[str]) -> None:
        """Write page after page as they come; the text appears in the folder only when the last one has."""
        starts = array("Q", [0])
        # The index, opened last, takes its place first: whoever sees the text can find its pages.
        with replacing(self.text_file) as text, replacing(self._index) as index:
            for page in pages:
                text.write(page.encode("utf-8", "replace") + _PAGE_BREAK)
                starts.append(text.tell())
            index.write(starts.tobytes())

    def page_text(self, page: int) -> str | None:
        """The text of one page, counted from 1; None where there is no such page or no text yet."""
        bounds = self._bounds(page) if self.text_file.exists() else None
        if bounds is None:
            return None
        begin, end = bounds
        with self.text_file.open("rb") as file:
            file.seek(begin)
            return file.read(end - begin).decode()

    def write_thumbnail(self, png: bytes) -> None:
        with replacing(self.thumbnail) as file:
            file.write(png)

    def _bounds(self, page: int) -> tuple[int, int] | None:
        width = array("Q").itemsize
        with self._index.open("rb") as file:
            pages = file.seek(0, os.SEEK_END) // width - 1
            if not 1 <= page <= pages:
                return None
            file.seek((page - 1) * width)
            begin, end = array("Q", file.read(2 * width))
        return begin, end - len(_PAGE_BREAK)


class Library:
    """The folder itself; it is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str | None, content: IO[bytes]) -> Document:
        """Take in a file, from where `content` stands to its end."""
        document_id = uuid.uuid4().hex
        arriving = self.folder / f".arriving-{document_id}"
        arriving.mkdir()
        try:
            size = _receive(content, arriving / "original.pdf")
            card = Card(id=document_id, name=shown_name(name), size=size, uploaded_at=_now())
            _write(arriving / "document.json", asdict(card))
            place = self.folder / document_id
            arriving.rename(place)
        except BaseException:
            shutil.rmtree(arriving, ignore_errors=True)
            raise
        return Document(place)

    def get(self, document_id: str) -> Document:
        """The document of this id, or `UnknownDocument`. What is not an id of ours never reaches the disk."""
        if not _ID.fullmatch(document_id) or not (self.folder / document_id).is_dir():
            raise UnknownDocument(document_id)
        return Document(self.folder / document_id)

    def documents(self) -> list[Document]:
        """Every document, in the order in which they came."""
        places = [place for place in self.folder.iterdir() if _ID.fullmatch(place.name)]
        return sorted(map(Document, places), key=lambda document: document.card().uploaded_at)

    def remove(self, document: Document) -> None:
        shutil.rmtree(self.folder / document.id)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _receive(content: IO[bytes], target: Path) -> int:
    with replacing(target) as file:
        shutil.copyfileobj(content, file, _COPY_BYTES)
        return file.tell()


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _write(path: Path, content: dict[str, Any]) -> None:
    with replacing(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
