"""Owns how a day is written in a document, in numbers and in words of seven languages, and which one is its own."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS: Final = (
    "january jan januar januari janvier enero ene gennaio janeiro",
    "february feb februar februari février fevrier febrero febbraio fevereiro",
    "march mar märz maerz maart mars marzo março",
    "april apr avril abril aprile",
    "may mai mei mayo maggio maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug août aout augustus agosto",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre diciembre dicembre dezembro",
)
_NUMBERS: Final = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_NAME: Final = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:of\s+|de\s+)?(?P<name>{_NAME})\.?,?[\s-]+(?:de\s+)?{_YEAR}(?!\d)",
        rf"\b(?P<name>{_NAME})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<first>\d\d?)(?P<mark>[./-])(?P<second>\d\d?)(?P=mark){_YEAR}(?!\d)",
    )
)
_LABEL: Final = re.compile(
    r"\b(?:date(?:d| of issue)?|issued(?: on)?|invoice date|datum|rechnungsdatum|vom|fecha|data|le|du)\s*:?\s*$",
    re.IGNORECASE,
)
_BEFORE: Final = 24
"""Characters before a day in which a word may say that the document is of it."""


class WrittenDate(NamedTuple):
    """A day, where it stands in the text, and whether a word before it says that it is the document's own."""

    day: date
    start: int
    labelled: bool


def document_date(text: str) -> date | None:
    """The day that the document says it is of: the first that is labelled so, else the first one in it."""
    found = sorted(written_dates(text), key=lambda each: (not each.labelled, each.start))
    return found[0].day if found else None


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Every day that can be read one way only: 3/4/2024 is a day in March or in April, and is left alone."""
    for form in _FORMS:
        for match in form.finditer(text):
            if day := _day(match.groupdict()):
                before = text[max(0, match.start() - _BEFORE) : match.start()]
                yield WrittenDate(day, match.start(), bool(_LABEL.search(before)))


def _day(parts: dict[str, str | None]) -> date | None:
    pair = _by_name(parts) if "name" in parts else _by_number(parts)
    if pair is None:
        return None
    try:
        return date(int(parts["year"] or 0), *pair)
    except ValueError:  # a 31st of February
        return None


def _by_name(parts: dict[str, str | None]) -> tuple[int, int]:
    return _NUMBERS[(parts["name"] or "").lower()], int(parts["day"] or 0)


def _by_number(parts: dict[str, str | None]) -> tuple[int, int] | None:
    """Month and day. Points are written where the day comes first; with other marks the numbers must show it."""
    if "first" not in parts:
        return int(parts["month"] or 0), int(parts["day"] or 0)
    first, second = int(parts["first"] or 0), int(parts["second"] or 0)
    if parts["mark"] == "." or first > 12 or first == second:
        return second, first
    return (first, second) if second > 12 else None
