"""Owns how a letter to the suggestions box is made up: its subjects, its sentences, and who repeats whom.

The sentences stand in `phrases/`; they were written for this box, and nobody else's letters are in them.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

PHRASES = Path(__file__).parent / "phrases"
_APART = ("frame", "alone")
_SLOT = re.compile(r"<(\w+)>")
_CHOICE = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter, and what is known of it: its subjects (none: nobody else writes about it) and whom it repeats."""

    text: str
    subjects: tuple[str, ...]
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What several people write about, with the sentences that they use."""

    name: str
    theme: str
    asks: tuple[str, ...]
    reasons: tuple[str, ...]
    details: tuple[str, ...]


def subjects() -> list[Subject]:
    """Every subject of every theme."""
    return [
        Subject(name=name, theme=path.stem, **{part: tuple(lines) for part, lines in parts.items()})
        for path in sorted(PHRASES.glob("*.toml"))
        if path.stem not in _APART
        for name, parts in _read(path.stem).items()
    ]


def letters(seed: int = 1, *, each: int = 8, double: int = 12, repeated: int = 20) -> list[Letter]:
    """The same letters for the same seed: `each` of every subject, some on two, some repeated, and all single ones."""
    pen = _Pen(random.Random(seed))  # the same letters every time are the point
    box = subjects()
    written = [pen.letter(subject) for subject in box for _ in range(each)]
    written += [pen.letter(*pen.dice.sample(box, 2)) for _ in range(double)]
    written += [Letter(text=pen.framed([text]), subjects=()) for text in _read("alone")["letters"]]
    pen.dice.shuffle(written)
    single = [number for number, letter in enumerate(written) if len(letter.subjects) == 1]
    return written + [pen.repeated(number, written[number]) for number in pen.dice.choices(single, k=repeated)]


class _Pen:
    """Writes with one pair of dice."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self._frame = _read("frame")

    def letter(self, *about: Subject) -> Letter:
        paragraphs = [self._paragraph(subject) for subject in about]
        return Letter(text=self.framed(paragraphs), subjects=tuple(subject.name for subject in about))

    def repeated(self, number: int, letter: Letter) -> Letter:
        """Almost word for word: another name below it, and now and then a word more."""
        body, _, _signature = letter.text.rstrip().rpartition("\n")
        more = self.dice.choice(["", "", "I think the same. ", "My neighbours have written this too. "])
        return replace(letter, text=f"{more}{body}\n{self._of('names')}\n", repeats=number)

    def framed(self, paragraphs: list[str]) -> str:
        lines = [self._of("greetings")] if self._may(0.7) else []
        if self._may(0.4):
            paragraphs = [f"{self._filled(self._of('openers'))} {paragraphs[0]}", *paragraphs[1:]]
        if self._may(0.4):
            paragraphs = [*paragraphs[:-1], f"{paragraphs[-1]} {self._of('closings')}"]
        return "\n\n".join([*lines, *paragraphs, f"{self._of('farewells')}\n{self._of('names')}"]) + "\n"

    def _paragraph(self, subject: Subject) -> str:
        asks = self.dice.sample(subject.asks, self.dice.choice([1, 2, 2]))
        rest = self.dice.sample(subject.reasons, self.dice.choice([1, 1, 2]))
        rest += self.dice.sample(subject.details, self.dice.choice([0, 1]))
        sentences = asks + rest
        if self._may(0.5):
            self.dice.shuffle(sentences)
        return " ".join(self._filled(sentence) for sentence in sentences)

    def _filled(self, sentence: str) -> str:
        chosen = _CHOICE.sub(lambda found: self.dice.choice(found[1].split("|")), sentence)
        return _SLOT.sub(self._slot, chosen)

    def _slot(self, found: re.Match[str]) -> str:
        words = str(self.dice.choice(self._frame["slots"][found[1].lower()]))
        return words[0].upper() + words[1:] if found.start() == 0 else words

    def _of(self, part: str) -> str:
        return str(self.dice.choice(self._frame[part]))

    def _may(self, chance: float) -> bool:
        return self.dice.random() < chance


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((PHRASES / f"{name}.toml").read_text(encoding="utf-8"))
