"""Text from elsewhere made harmless: nothing that a terminal would obey leaves here."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"  # scripts and emoji are written with them, and they move nothing
_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, bidi and other invisible marks, halves of characters, line ends


def line(value: object) -> str:
    """A value as one line: line ends and tabs become spaces, what else a terminal would obey becomes visible."""
    text = value if isinstance(value, str) else str(value)
    if text.isprintable():
        return text
    spaced = _LINE_ENDS.sub(" ", text).replace("\t", " ")
    return "".join(map(_visible, spaced))


def lines(value: str) -> list[str]:
    """Text of several lines, each of them harmless; blank ones at the end are left out."""
    cleaned = [line(part.expandtabs(4)).rstrip() for part in _LINE_ENDS.split(value)]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return cleaned


def values(value: Any) -> Any:
    """A JSON value for people: every text in it, keys included, made harmless."""
    match value:
        case str():
            return line(value)
        case dict():
            return {line(key): values(inner) for key, inner in value.items()}
        case list() | tuple():
            return [values(inner) for inner in value]
    return value


def _visible(char: str) -> str:
    if char in _JOINERS or unicodedata.category(char) not in _OBEYED:
        return char
    if char < " ":
        return chr(0x2400 + ord(char))  # the picture of a control: ␛
    return "␡" if char == "\x7f" else "\ufffd"
