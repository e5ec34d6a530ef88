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
    name = plain(_SEPARATORS.split(claimed or "")[-1])
    if name.strip(".") == "":
        return UNNAMED
    return name if len(name) <= LENGTH_LIMIT else _shortened(name)


def plain(text: str) -> str:
    """Text on one line that neither a terminal nor a reader can take for anything else."""
    # Category C: controls, lone surrogates, and bidi overrides, by which "fdp.exe" reads as "exe.pdf".
    visible = (char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join("".join(visible).split())


def _shortened(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    tail = dot + suffix if stem and len(suffix) <= 5 else ""
    return name[: LENGTH_LIMIT - len(tail) - 1] + "…" + tail
