"""The rows that one transaction writes, as columns: of jobs that only advance, of other changes, of new jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from headway.stores import codec
from headway.stores.postgres import advancing
from headway.stores.postgres.batches import JOB_FIELDS, MARK_FIELDS, NEW_FIELDS, LostRace, Run, in_job, in_rows, runs
from headway.stores.postgres.columns import Column, Ints, Texts, columns
from headway.stores.protocol import BatchMark, Commit

Row = tuple[Any, ...]

_STATE: Final = (*codec.STATE_FIELDS, "last_event", "ticked")
_CHANGED: Final = ("key", "id", "was_version", "was_attempt", *_STATE, *JOB_FIELDS)
_BORN: Final = (*codec.FACT_FIELDS, *_STATE)
_STEP: Final = ("job", *codec.STEP_FIELDS)
_EVENT: Final = ("job", "ordinal", *codec.EVENT_FIELDS)
_TICK: Final = ("job", "ordinal")


class Places:
    """Counts the changes of one transaction: each has its place in it. `last`: how many are taken already."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next(self) -> int:
        self.last += 1
        return self.last


class _Sheet:
    """The events of some commits, and where each commit ends."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._jobs: list[Row] = []
        self._steps: list[Row] = []
        self._events: list[Row] = []

    def _place(self, job: int | str, commit: Commit) -> tuple[int | None, int | None]:
        """Gives events and a last tick their ordinals; answers those of the newest event and of the tick."""
        before, after, events, _, _ = commit
        last = None
        for event in events:
            last = self._places.next()
            self._events.append((job, last, *codec.event_values(event)))
        newest = events[-1].version if events else before.version if before else 0
        return last, None if newest == after.version else self._places.next()

    def _parts(self, job: type[Column]) -> dict[str, Any]:
        return columns(_EVENT, self._events, "entry_", job) | {"jobs": len(self._jobs)}


class Advances(_Sheet):
    """Jobs that only advance, in the order of their keys."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._ticks: list[Row] = []

    def enter(self, key: int, commit: Commit) -> int:
        """Adds a commit; answers its place."""
        last_event, ticked = self._place(key, commit)
        self._jobs.append(advancing.row(key, commit, last_event, ticked))
        if commit.steps:
            self._steps += advancing.step_rows(key, commit)
        if ticked:
            self._ticks.append((key, ticked))
        return self._places.last

    def parameters(self) -> dict[str, Any]:
        """Of `advance_jobs`."""
        parts = self._parts(Ints) | columns(advancing.FIELDS, self._jobs) | columns(_TICK, self._ticks, "tick_")
        return parts | columns(advancing.STEP_FIELDS, self._steps, "step_") | {"steps": len(self._steps)}


class Extensions:
    """Jobs that have one more event each, in the order of their keys: a row for both."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._place = places.last
        self._rows: list[Row] = []

    def enter(self, key: int, commit: Commit) -> int:
        """Adds a commit; answers its place."""
        self._rows.append(advancing.extension(key, commit))
        return self._places.next()

    def parameters(self) -> dict[str, Any]:
        """Of `extend_jobs`."""
        return columns(advancing.EXTENSION_FIELDS, self._rows) | {"place": self._place, "jobs": len(self._rows)}


class Changes(_Sheet):
    """Any change of jobs that exist."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._new: list[Row] = []
        self._marks: list[Row] = []

    def enter(self, key: int, commit: Commit, known: BatchMark | None) -> int:
        """Adds a commit; answers its place. `known`: the job's last batch, if it is remembered."""
        before, after, _, changed, marks = commit
        assert before is not None
        placed, found = self._place(key, commit), runs(marks)
        lead = (key, before.id, before.version, before.attempt)
        self._jobs.append((*lead, *codec.state_values(after), *placed, *in_job(found, known)))
        self._steps += [(key, *codec.step_values(after.steps[name])) for name in changed]
        self._mark(key, found)
        return self._places.last

    def parameters(self) -> dict[str, Any]:
        """Of `change_jobs`."""
        parts = self._parts(Ints) | columns(_CHANGED, self._jobs) | columns(_STEP, self._steps, "step_")
        parts |= columns(MARK_FIELDS, self._marks, "mark_") | columns(NEW_FIELDS, self._new, "new_")
        return parts | {"news": len(self._new), "marks": len(self._marks)}

    def _mark(self, key: int, found: Sequence[Run]) -> None:
        new, going = in_rows(found, key)
        self._new += new
        self._marks += going


class Births(_Sheet):
    """New jobs, in the order in which they came."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._new: list[Row] = []

    def enter(self, commit: Commit) -> int:
        """Adds a new job; answers its place. Raises LostRace for a batch that follows one that was never sent."""
        job, found = commit.after, runs(commit.marks)
        if any(run.first > 1 for run in found):
            raise LostRace
        placed = self._place(job.id, commit)
        self._jobs.append((*codec.fact_values(job.facts), *codec.state_values(job), *placed))
        self._steps += [(job.id, *codec.step_values(step)) for step in job.steps.values()]
        self._new += [run.row(job.id) for run in found]
        return self._places.last

    def parameters(self) -> dict[str, Any]:
        """Of `insert_jobs`."""
        parts = self._parts(Texts) | columns(_BORN, self._jobs) | columns(_STEP, self._steps, "step_", Texts)
        return parts | columns(NEW_FIELDS, self._new, "mark_", Texts)
