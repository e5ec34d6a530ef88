"""Owns what comes out of a folder: proposals, each sentence of them with the places that it was taken from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One sentence of a text: `text[start:end]` of the text named `source`, its white space made single."""

    source: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of a proposal, and at least one quote that it rests on; an extract is its own quote."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What several texts ask for.

    `sources`: the names of all texts that speak for it. `copies`: how many of them only repeat another one nearly word
    for word. `voices`: what single texts say to it, one sentence each, at most twelve. `united`: the titles of near
    duplicates that were joined to it.
    """

    id: str
    title: str
    statements: tuple[Statement, ...]
    keywords: tuple[str, ...]
    sources: tuple[str, ...]
    copies: int
    voices: tuple[Quote, ...]
    written_by: str
    united: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        return " ".join(statement.text for statement in self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that could not be used, and why, in words for the person who brought it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The proposals of a folder, those with most texts first; nothing of the folder is in none of the three lists.

    `alone`: the first sentence of each text that no other one is like.
    """

    proposals: tuple[Proposal, ...]
    alone: tuple[Quote, ...]
    left_out: tuple[LeftOut, ...]
    texts: int
