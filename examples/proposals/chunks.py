"""Owns the cutting of a text into chunks, which speak of one thing each, and of chunks into sentences."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.proposals.proposal import Quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples.proposals.texts import Text

SHORT = 60
"""A paragraph of fewer characters is a greeting or a name, and goes with its neighbour."""
LONG = 700
"""A paragraph of more characters is cut between two sentences: it has room for more than one thing."""
LONGEST_SENTENCE = 400
"""What has no full stop for so long is cut at a space, or anywhere."""
FRAME_WORDS = 6
"""What is so short and has no full stop, at the beginning or at the end, greets or signs."""

_PARAGRAPH = re.compile(r"\S(?:.|\n(?![^\S\n]*\n))*")
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)")
_FULL_STOP = re.compile(r"[.!?…][\"'”’»)\]]*$")
_ABBREVIATED = re.compile(r"(?:\b(?:mr|mrs|ms|dr|st|no|nr|approx|vs|etc|e\.g|i\.e|a\.m|p\.m|bzw|ca)|\b[A-Z])\.$", re.I)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of the text named `source`, as its sentences in their order."""

    source: str
    sentences: tuple[Quote, ...]

    @property
    def told(self) -> tuple[Quote, ...]:
        """Its sentences without the greeting before them and the name below: those are in every letter."""
        first, last = 0, len(self.sentences)
        while first < last - 1 and _is_frame(self.sentences[first].text):
            first += 1
        while last > first + 1 and _is_frame(self.sentences[last - 1].text):
            last -= 1
        return self.sentences[first:last]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.told)


def chunks_of(text: Text) -> list[Chunk]:
    """All of a text, in order: every character of it that is not white is in exactly one sentence."""
    return [
        Chunk(source=text.name, sentences=tuple(_quote(text, span) for span in group))
        for part in _joined(text.text, _paragraphs(text.text))
        for group in _groups([sentence for span in part for sentence in _sentences(text.text, span)])
    ]


def _is_frame(sentence: str) -> bool:
    return len(sentence.split()) <= FRAME_WORDS and not _FULL_STOP.search(sentence)


def _quote(text: Text, span: Span) -> Quote:
    start, end = span
    return Quote(source=text.name, start=start, end=end, text=" ".join(text.text[start:end].split()))


def _paragraphs(text: str) -> list[Span]:
    """What stands between empty lines."""
    return [_trimmed(text, *found.span()) for found in _PARAGRAPH.finditer(text)]


def _joined(text: str, paragraphs: list[Span]) -> list[list[Span]]:
    """Paragraphs that belong into one chunk: a short one goes with the next one, at the end with the one before."""
    parts: list[list[Span]] = []
    waiting: list[Span] = []
    length = 0
    for span in paragraphs:
        waiting.append(span)
        length += span[1] - span[0]
        if length >= SHORT:
            parts.append(waiting)
            waiting, length = [], 0
    if waiting and parts:
        parts[-1].extend(waiting)
    elif waiting:
        parts.append(waiting)
    return parts


def _sentences(text: str, paragraph: Span) -> Iterator[Span]:
    start, end = paragraph
    for found in _END.finditer(text, start, end):
        if found.start() >= start and not _ABBREVIATED.search(text, max(start, found.end() - 8), found.end()):
            yield from _cut(text, _trimmed(text, start, found.end()))
            start = found.end()
    if text[start:end].strip():
        yield from _cut(text, _trimmed(text, start, end))


def _cut(text: str, sentence: Span) -> Iterator[Span]:
    start, end = sentence
    while end - start > LONGEST_SENTENCE:
        space = max(text.rfind(white, start + 1, start + LONGEST_SENTENCE) for white in " \n\t")
        middle = space if space > start else start + LONGEST_SENTENCE
        yield _trimmed(text, start, middle)
        start = _trimmed(text, middle, end)[0]
    if start < end:
        yield start, end


def _groups(sentences: list[Span]) -> Iterator[list[Span]]:
    """Sentences that follow each other, about LONG characters of them at most, all groups about equally long."""
    whole = sum(end - start for start, end in sentences)
    share = whole / max(1, -(-whole // LONG))
    before = itertools.accumulate((end - start for start, end in sentences), initial=0)
    numbered = zip(sentences, (int(done // share) if share else 0 for done in before), strict=False)
    for _number, group in itertools.groupby(numbered, key=lambda pair: pair[1]):
        yield [span for span, _ in group]


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())
