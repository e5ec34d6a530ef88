"""Owns the teller that needs nothing but the text: the title by its looks, keywords by how often and where they are."""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import Final

from examples.house.names import plain
from examples.intake.languages import EVERY_SMALL_WORD, SMALL_WORDS, guessed
from examples.intake.metadata import KEYWORD_MAX, KEYWORDS_MAX, TITLE_MAX, Metadata
from examples.intake.written_dates import document_date, written_dates

TEXT_MAX: Final = 200_000
"""Characters that are read: some hundred pages."""
_TITLE_LINES: Final = 25
_LATER: Final = 0.03
"""How much weaker a line is for each one before it."""
_WORD: Final = re.compile(r"[^\W\d_](?:[^\W_]|['’-](?=[^\W_]))*")
_SENTENCE_END: Final = re.compile(r"[.;,:!?]$")
_NO_TITLE: Final = re.compile(
    r"@|https?://|www\.|\b\d{5} \w|^(?:page|seite)\s+\d|^\W*\d[\d\W]*$"
    r"|^(?:tel|fax|phone|date|datum|to|from|an|von|dear|sehr geehrte|madame|cher)\b",
    re.IGNORECASE,
)
_FIRM: Final = re.compile(r"\b(?:gmbh|ltd|inc|llc|plc|sarl|s\.a|ag|kg|bv)\b", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"^(?:title|subject|betreff|titel|objet|asunto|oggetto)\s*:\s*(?P<title>\S.*)$", re.IGNORECASE
)


class PlainReader:
    """The same text is told the same way everywhere; nothing leaves the machine."""

    name = "plain reader"

    def tell(self, text: str) -> Metadata:
        read = text[:TEXT_MAX]
        title = _title(read)
        words = [word.casefold().replace("’", "'") for word in _WORD.findall(read)]
        language = guessed(words)
        return Metadata(
            title=title,
            document_date=document_date(read),
            keywords=_keywords(words, title or "", SMALL_WORDS.get(language or "", EVERY_SMALL_WORD)),
            language=language,
            told_by=self.name,
        )


def _title(text: str) -> str | None:
    """The line that names itself one, else the strongest of the first lines, where earlier ones are stronger."""
    lines = [line for each in text.splitlines() if (line := plain(each))][:_TITLE_LINES]
    for line in lines:
        if named := _NAMED.match(line):
            return _cut(named["title"])
    scored = [(_strength(line) - _LATER * number, line) for number, line in enumerate(lines)]
    best, line = max(scored, key=lambda each: each[0], default=(0.0, ""))
    return _cut(line) if best > 0 else None


def _strength(line: str) -> float:
    """How much a line looks like a title: letters, a few words, great initials, and no end of a sentence."""
    words = _WORD.findall(line)
    letters = sum(map(len, words))
    if letters < 3 or _NO_TITLE.search(line) or (len(words) < 4 and any(written_dates(line))):
        return 0.0
    telling = [word for word in words if word.casefold() not in EVERY_SMALL_WORD]
    great = sum(word[0].isupper() for word in telling) / len(telling) if telling else 0.0
    short = 2 <= len(words) <= 14 and len(line) <= TITLE_MAX
    score = letters / len(line) + great + (1.0 if short else 0.0) + (0.0 if _SENTENCE_END.search(line) else 0.5)
    weak = _FIRM.search(line) or not (line[0].isupper() or line[0].isdigit())
    return score / 2 if weak else score


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1].rstrip() + "…"


def _keywords(words: list[str], title: str, small: frozenset[str]) -> tuple[str, ...]:
    """By frequency, damped; more for a long word, one of the title, and one that comes back throughout the text.

    A word that stands once in a text of any length says little of it, unless it is in the title.
    """
    entitled = {word.casefold() for word in _WORD.findall(title)}
    counted = Counter(word for word in words if 3 <= len(word) <= KEYWORD_MAX and word not in small)
    least = 2 if len(words) > 60 else 1
    spread = _spread(words)
    scores = {
        word: (1 + log(count)) * log(len(word)) * (1.5 if word in entitled else 1.0) * (1 + spread[word] / 10)
        for word, count in counted.items()
        if count >= least or word in entitled
    }
    return tuple(sorted(scores, key=lambda word: -scores[word])[:KEYWORDS_MAX])


def _spread(words: list[str]) -> Counter[str]:
    """In how many tenths of the text each word stands."""
    size = max(1, -(-len(words) // 10))
    parts = (set(words[start : start + size]) for start in range(0, len(words), size))
    return Counter(word for part in parts for word in part)
