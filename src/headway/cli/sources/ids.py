"""Ids as people type them: whole, or as much of the beginning as names one job only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from headway.core.errors import HeadwayError, UnknownJob

WHOLE = 36
_HOUR = 3_600_000_000  # µs
_BEGINNING = re.compile(r"[0-9a-f]{4,8}(-[0-9a-f-]{0,27})?")


class AmbiguousId(HeadwayError):
    """Several jobs begin like this; `ids` are some of them."""

    code = "ambiguous-id"

    def __init__(self, text: str, ids: Sequence[str]) -> None:
        super().__init__(f"{text!r} begins the ids of several jobs ({', '.join(ids)}); give more of it")
        self.text = text
        self.ids = tuple(ids)


def beginning(text: str) -> str:
    """The lower-case beginning of an id, or UnknownJob for what cannot be one."""
    folded = text.strip().lower()
    if not _BEGINNING.fullmatch(folded) or len(folded) > WHOLE:
        raise UnknownJob(text[:60])
    return folded


def born_between(begun: str) -> tuple[int, int] | None:
    """When a version 7 id that begins like this was made, give or take an hour, in microseconds; None if unknown."""
    digits = begun.replace("-", "")[:12]
    if len(digits) < 8:
        return None
    first, last = int(digits.ljust(12, "0"), 16) * 1000, int(digits.ljust(12, "f"), 16) * 1000
    return max(0, first - _HOUR), last + _HOUR


def the_one(text: str, found: Sequence[str]) -> str:
    """The only id that was found."""
    if not found:
        raise UnknownJob(text[:60])
    if len(found) > 1:
        raise AmbiguousId(text[:60], list(found)[:3])
    return found[0]
