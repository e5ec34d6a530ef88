"""Owns what counts as a word: which of a text's words say what it is about, and which ones are the same."""

from __future__ import annotations

import re

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SAID_IN_EVERY_LETTER = frozenset(
    {
        "dear",
        "hello",
        "morning",
        "council",
        "councillor",
        "councillors",
        "mayor",
        "town",
        "please",
        "thank",
        "thanks",
        "wish",
        "wishes",
        "kind",
        "best",
        "regards",
        "yours",
        "faithfully",
        "sincerely",
        "write",
        "written",
        "reading",
        "suggestion",
        "suggestions",
        "hope",
        "let",
        "like",
        "would",
        "could",
        "should",
        "don't",
        "isn't",
        "can't",
        "won't",
        "i'm",
        "it's",
        "we're",
        "there's",
        "that's",
        "need",
        "needs",
        "want",
        "wants",
    }
)
STOP_WORDS: frozenset[str] = frozenset(ENGLISH_STOP_WORDS) | _SAID_IN_EVERY_LETTER
_SHORTEST = 2


def words_of(text: str) -> list[str]:
    """The words that say something, in their order, as they are written but for capitals."""
    found = (word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(text.lower()))
    return [word for word in found if len(word) >= _SHORTEST and word not in STOP_WORDS]


def stem(word: str) -> str:
    """One and many are one word, by the three rules of Harman, "How effective is suffixing?", JASIS 42 (1991).

    Before them goes one for benches, boxes and glasses, which those rules tell from a bench, a box and a glass.
    """
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "buses")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word
