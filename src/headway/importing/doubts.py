"""What of a log could not be decided, or was decided by a rule that somebody may want to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

KEPT_MAX: Final = (
    200  # of each kind, so that a common one leaves no rare one out; all are counted and told as they come
)

EQUAL_TIMES = "equal_times"  # rows of a step at one time contradict each other: the higher id is the later
UNKNOWN_STATUS = "unknown_status"  # a word without a meaning: the row is a note in the history
IMPOSSIBLE = "impossible"  # a step cannot go there from where it is: the row is a note in the history
UNENDED = "unended"  # the log stops before all steps have ended: the job is left running
UNUSABLE = "unusable"  # a row without a file, a step or a time: left out
CUT = "cut"  # a text that is longer than Headway keeps
TAKEN = "taken"  # a job with this external id is there already, and is not from this log: left alone
CHANGED = "changed"  # the job was imported, and differs from its log by now: left alone


class Doubt(NamedTuple):
    """One of them, in words: `what` it was and what was `decided`."""

    kind: str
    file: str | None
    step: str | None
    ids: tuple[int | str, ...]
    what: str
    decided: str

    def wire(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {**self._asdict(), "ids": list(self.ids)}


class Doubts:
    """All of them: each counted, and told as it comes; the first ones of each kind kept."""

    def __init__(self, told: Callable[[Doubt], None] | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.kept: list[Doubt] = []
        self._told = told

    def add(self, doubt: Doubt) -> None:
        self.counts[doubt.kind] += 1
        if self.counts[doubt.kind] <= KEPT_MAX:
            self.kept.append(doubt)
        if self._told is not None:
            self._told(doubt)
