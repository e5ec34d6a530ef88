"""Owns how a group of chunks becomes words: what a writer is shown, its port, and the one that extracts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import headway
from examples.proposals.duplicates import alike
from examples.proposals.proposal import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.proposals.proposal import Quote

STATEMENTS = 4
TITLE_MAX = 72
_FEWEST_WORDS = 4
_ASKS = re.compile(
    r"^(?:please|let|give|put|open|close|make|build|buy|plant|sell|change|keep|use)\b"
    r"|\b(?:please|should|needs?|could|must|want|would like)\b|\?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^(?:and|but|so|also|please|then)\b,?\s+", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:–]\s|\s(?:because|since|so that|which|and|but|when|where)\s")
_SHORTEST_CLAUSE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of the group, every place where it stands word for word, and how much it speaks for the group."""

    text: str
    quotes: tuple[Quote, ...]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a writer is shown of a group: its sentences, those that speak most for it first, and its own words."""

    sentences: tuple[Said, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    title: str
    statements: tuple[Statement, ...]


class Writer(Protocol):
    """Words what a group of texts asks for."""

    name: str

    def write(self, evidence: Evidence) -> Draft:
        """At least one statement, each with a quote from the evidence. Raises `WritingUnavailable`."""
        ...


def chosen(environ: Mapping[str, str]) -> Writer:
    """A language model when OPENAI_API_KEY is set, else the one that needs nothing and invents nothing."""
    if environ.get("OPENAI_API_KEY"):
        try:
            from examples.proposals.model_writer import ModelWriter
        except ModuleNotFoundError as missing:
            raise headway.MissingExtra("openai", "openai") from missing
        return ModelWriter.set_by(environ)
    return Extract()


class Extract:
    """Takes sentences as they stand: one that asks, then those that speak most for the group and repeat nothing."""

    name = "extract"

    def write(self, evidence: Evidence) -> Draft:
        asking = _asking(evidence.sentences)
        picked = [asking]
        for said in evidence.sentences:
            if len(picked) == STATEMENTS:
                break
            if _says_enough(said) and not any(alike(said.text, other.text) for other in picked):
                picked.append(said)
        return Draft(
            title=titled(asking.text),
            statements=tuple(Statement(text=said.text, quotes=said.quotes) for said in picked),
        )


def titled(sentence: str) -> str:
    """A sentence as a heading: without its politeness and full stop, and cut where a clause ends if it is long."""
    words = _BEFORE.sub("", sentence.strip().rstrip(".!…").strip())
    if len(words) > TITLE_MAX:
        words = _cut(words)
    return words[:1].upper() + words[1:]


def _asking(sentences: tuple[Said, ...]) -> Said:
    """The best sentence that asks for something; where none does, the best one."""
    enough = [said for said in sentences if _says_enough(said)]
    return next((said for said in enough if _ASKS.search(said.text)), (enough or list(sentences))[0])


def _says_enough(said: Said) -> bool:
    """What is shorter is a greeting, a name, or half a thought, unless nothing else was said."""
    return said.weight > 0 and len(said.text.split()) >= _FEWEST_WORDS


def _cut(words: str) -> str:
    ends = [found.start() for found in _CLAUSE.finditer(words) if _SHORTEST_CLAUSE <= found.start() <= TITLE_MAX]
    if ends:
        return words[: ends[-1]]
    space = words.rfind(" ", 0, TITLE_MAX)
    return words[: space if space > 0 else TITLE_MAX - 1].rstrip() + "…"
