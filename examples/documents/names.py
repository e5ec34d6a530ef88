"""Owns how an uploaded file's name is shown: as text that cannot mislead, and never as a path."""

import re
import unicodedata

LENGTH_LIMIT = 120
UNNAMED = "unnamed.pdf"

_SEPARATORS = re.compile(r"[/\\]")


def shown_name(claimed: str | None) -> str:
    """The last part of a claimed file name, cut to a length, without control and bidi characters.

    The result is for people only. Nothing on disk is ever named after it.
    """
    last = _SEPARATORS.split(claimed or "")[-1]
    # Category C: controls, lone surrogates, and bidi overrides, by which "fdp.exe" reads as "exe.pdf".
    visible = (char for char in last if char.isspace() or unicodedata.category(char)[0] != "C")
    name = " ".join("".join(visible).split())
    if name.strip(".") == "":
        return UNNAMED
    return name if len(name) <= LENGTH_LIMIT else _shortened(name)


def _shortened(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    tail = dot + suffix if stem and len(suffix) <= 5 else ""
    return name[: LENGTH_LIMIT - len(tail) - 1] + "…" + tail
