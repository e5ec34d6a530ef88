"""Owns what the tests of the work share: letters as texts and chunks, a report that checks what it hears, and stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.proposals.chunks import Chunk, chunks_of
from examples.proposals.letters import Letter, letters, subjects
from examples.proposals.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from examples.proposals.proposal import Proposal
    from examples.proposals.reporting import Report

THEMES = {subject.name: subject.theme for subject in subjects()}


class Told:
    """A report that refuses what no report may say, and keeps the rest."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int, int, str]] = []

    def __call__(self, stage: str, current: int, total: int, message: str) -> None:
        assert 0 <= current <= total
        assert total > 0
        assert message
        if self.said and self.said[-1][0] == stage:
            assert total == self.said[-1][2], "the total of a stage stays"
            assert current >= self.said[-1][1], "it never goes back"
        else:
            assert stage not in self.stages(), "a stage that was left does not come again"
            assert current == 0, "a stage begins at its beginning"
        self.said.append((stage, current, total, message))

    def stages(self) -> list[str]:
        return list(dict.fromkeys(stage for stage, *_rest in self.said))

    def require_whole(self) -> None:
        """Every stage was told to its end."""
        ends = {stage: (current, total) for stage, current, total, _message in self.said}
        assert all(current == total for current, total in ends.values()), ends


class Stopped(Exception):
    """What a report raises when somebody asked for a stop."""


def require_stops(work: Callable[[Report], object], moments: Iterable[int]) -> None:
    """The work ends in the very report that asks for a stop, whichever of these moments that is at."""
    for at in moments:
        calls = 0

        def report(*_said: object, at: int = at) -> None:
            nonlocal calls
            calls += 1
            if calls > at:
                raise Stopped

        with pytest.raises(Stopped):
            work(report)
        assert calls == at + 1


def chunks_in(box: Sequence[Letter]) -> list[Chunk]:
    """Every letter's chunks; the source is the letter's number."""
    return [chunk for number, letter in enumerate(box) for chunk in chunks_of(Text(name=str(number), text=letter.text))]


def subjects_and_proposals(box: Sequence[Letter], proposals: Sequence[Proposal]) -> tuple[list[str], list[int]]:
    """For each letter on one subject that is in a proposal: its subject, and the number of the proposal."""
    pairs = [
        (box[int(source)].subjects[0], number)
        for number, proposal in enumerate(proposals)
        for source in proposal.sources
        if len(box[int(source)].subjects) == 1
    ]
    return [subject for subject, _number in pairs], [number for _subject, number in pairs]


__all__ = ["THEMES", "Stopped", "Told", "chunks_in", "letters", "require_stops", "subjects_and_proposals"]
