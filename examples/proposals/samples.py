"""Owns the sample input: a box of letters to a town, made from nothing, the same every time, and what does not fit in.

Nothing in it was written by anybody else: it may be used as this file may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.proposals.letters import letters

if TYPE_CHECKING:
    from pathlib import Path

    from examples.proposals.letters import Letter

FITS_NOT: dict[str, bytes] = {
    "photo-of-the-pothole.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 4,
    "nothing-written.txt": b"",
}
"""Files that come along with the letters and that nobody can read as one."""


def write_samples(folder: Path, *, seed: int = 1) -> list[Path]:
    """The letters, each in a file, and two files that are none. The folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, letter in enumerate(letters(seed), 1):
        path = folder / f"{number:03}{_suffix(number)}"
        path.write_bytes(_encoded(number, letter))
        written.append(path)
    for name, content in FITS_NOT.items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def _suffix(number: int) -> str:
    return ".md" if number % 29 == 0 else ".txt"


def _encoded(number: int, letter: Letter) -> bytes:
    """As different computers save a text."""
    if number % 37 == 0:
        return letter.text.replace("\n", "\r\n").encode("utf-16")
    if number % 23 == 0:
        return letter.text.replace("'", "’").replace("\n", "\r\n").encode("windows-1252")
    return letter.text.encode()
