"""Owns the reading of a folder of texts: which files are texts, how they are encoded, and why one is left out."""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examples.house.names import plain
from examples.proposals.errors import FolderMissing, TooManyTexts, TooMuchText
from examples.proposals.proposal import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
UNNAMED = "unnamed"
_CONTROLS = 0.01
"""So many control characters a text may have that somebody pasted together; what is none has far more."""
_SHOWN_WHITE = "\n\t\f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What can be compared in seconds to minutes, and held in memory."""

    files: int = 10_000
    bytes: int = 300_000
    characters: int = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One file, decoded, each line ended by one newline. `name`: its path in the folder, for people, and unique."""

    name: str
    text: str


class Reading:
    """One pass over a folder. What was not a text is in `left_out` afterwards."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._found = _listed(folder, self._limits.files)
        self.left_out: list[LeftOut] = []

    def __len__(self) -> int:
        return len(self._found)

    def texts(self) -> Iterator[Text | None]:
        """One item for each file, None for those left out. Raises `TooMuchText`."""
        characters = 0
        for name, path in self._found:
            text = self._read(name, path)
            characters += len(text.text) if text else 0
            if characters > self._limits.characters:
                raise TooMuchText(self._limits.characters)
            yield text

    def _read(self, name: str, path: Path) -> Text | None:
        try:
            content = _content(path, self._limits.bytes)
            return Text(name=name, text=_decoded(content))
        except _Unreadable as unreadable:
            self.left_out.append(LeftOut(name=name, why=str(unreadable)))
            return None


class _Unreadable(Exception):
    """Why one file is left out; the others are read all the same."""


def _listed(folder: Path, limit: int) -> list[tuple[str, Path]]:
    """All files below a folder by name, but hidden ones. The names are made fit to be shown and kept apart."""
    paths: list[Path] = []
    try:
        for path in _below(folder):
            paths.append(path)
            if len(paths) > limit:
                raise TooManyTexts(limit)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FolderMissing(plain(folder.name)) from error
    named: dict[str, Path] = {}
    for path in sorted(paths):
        named[_distinct(plain(path.relative_to(folder).as_posix()) or UNNAMED, named)] = path
    return list(named.items())


def _below(folder: Path) -> Iterator[Path]:
    """Links are listed and never followed: one could lead out of the folder, or back into it."""
    deeper: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                deeper.append(Path(entry.path))
            else:
                yield Path(entry.path)
    for path in deeper:
        try:
            yield from _below(path)
        except FileNotFoundError:
            continue  # removed since it was seen, and its files with it


def _distinct(name: str, taken: dict[str, Path]) -> str:
    shown, number = name, 1
    while shown in taken:
        number += 1
        shown = f"{name} ({number})"
    return shown


def _content(path: Path, limit: int) -> bytes:
    try:
        kind = path.lstat()
        if not stat.S_ISREG(kind.st_mode):
            raise _Unreadable("it is not a file but a link or a device")
        if kind.st_size > limit:
            raise _Unreadable(f"it is too long, {kind.st_size / 1e3:,.0f} kB of at most {limit / 1e3:,.0f} kB")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError as error:
        raise _Unreadable("it was gone when its turn came") from error
    except PermissionError as error:
        raise _Unreadable("it may not be read") from error
    except OSError as error:
        raise _Unreadable(f"it could not be read: {(error.strerror or 'unknown reason').lower()}") from error
    if len(content) > limit:
        raise _Unreadable("it grew while it was read")
    return content


def _decoded(content: bytes) -> str:
    """Its text. Without a mark it is UTF-8; what is none was saved by an old Windows program, or is no text."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        text = _old_windows(content, error)
    if _is_binary(text):
        raise _Unreadable("it is not a text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise _Unreadable("it is empty")
    return text


def _old_windows(content: bytes, error: UnicodeDecodeError) -> str:
    try:
        return content.decode("windows-1252")
    except UnicodeDecodeError:
        raise _Unreadable("it is not a text, or its characters are coded in an unknown way") from error


def _is_binary(text: str) -> bool:
    controls = sum(1 for char in text if unicodedata.category(char) == "Cc" and char not in "\r" + _SHOWN_WHITE)
    return "\x00" in text or controls > _CONTROLS * len(text)
