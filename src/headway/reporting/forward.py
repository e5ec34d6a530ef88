"""Steps that only go forward: what lies behind is refused, and what a worker before has told is not told again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headway.core.commands import Report
from headway.core.errors import BackwardStep
from headway.reporting.counter import Counter
from headway.reporting.producer import Producer
from headway.reporting.step import StepHandle
from headway.reporting.tally import Tally


class Forward:
    """Where one worker is on the way through a job's steps, and how far the job was when it came."""

    def __init__(self, steps: Sequence[tuple[str, bool]]) -> None:
        """`steps`: their names in order, and whether each was begun."""
        self._places = {name: place for place, (name, _) in enumerate(steps)}
        self._told = max((place for place, (_, begun) in enumerate(steps) if begun), default=-1)
        self._at: str | None = None

    def repeats(self, name: str) -> bool:
        """Whether a worker before has told of a later step already. Raises BackwardStep for what this one has left."""
        place = self._places.get(name)
        if place is None:
            return False  # added meanwhile, or unknown: then the store refuses it
        if self._at is not None and place < self._places[self._at]:
            raise BackwardStep(name, self._at)
        return place < self._told

    def reached(self, name: str) -> None:
        """A step was entered."""
        self._places.setdefault(name, len(self._places))
        self._at = name


class RepeatedStep(StepHandle):
    """A step whose work is done once more and told no more. Its calls still hear that the work should stop."""

    __slots__ = ()

    def __init__(self, job: object, producer: Producer, name: str) -> None:
        producer.counters[name] = _Unheard(Tally())
        producer.counters[name].stopped = producer.stop is not None
        super().__init__(job, producer, name)

    def tell(self, command: Report) -> None:
        """Says nothing."""


class _Unheard(Counter):
    """Counts that nobody takes."""

    __slots__ = ()

    @property
    def waiting(self) -> int:
        return 0

    @property
    def dirty(self) -> bool:
        return False

    def seen(self, step: str | None) -> list[Any]:
        return []
