"""The statements that store a group of commits: gathered here as columns, written all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg

from headway.stores import codec
from headway.stores.postgres.advancing import advance
from headway.stores.postgres.columns import Column, Ints, Texts, columns
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.faults import LOST_RACE
from headway.stores.postgres.rows import rows, value
from headway.stores.postgres.snapshots import SPAN
from headway.stores.protocol import BatchMark, Commit

_STATE: Final = (*codec.STATE_FIELDS, "last_event", "ticked")
_CHANGED: Final = ("key", "id", "was_version", "was_attempt", *_STATE)
_BORN: Final = (*codec.FACT_FIELDS, *_STATE)
_STEP: Final = ("job", *codec.STEP_FIELDS)
_EVENT: Final = ("job", "ordinal", *codec.EVENT_FIELDS)
_NEW: Final = ("job", "attempt", "producer", "seq", "lease")
_MARK: Final = (*_NEW, "before")

_KEYS_MAX: Final = 20_000  # jobs whose key is remembered


class LostRace(Exception):
    """A job is no longer what its commit was decided on; nothing was written."""


class Keys:
    """The keys of jobs, remembered: a job's key never changes while the job exists."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, db: Connection, commits: Iterable[Commit]) -> dict[str, int]:
        """The key of each job that exists."""
        known, wanted = self._known, [commit.after.id for commit in commits]
        missing = Texts(id for id in wanted if id not in known)
        if missing:
            if len(known) >= _KEYS_MAX:
                known.clear()
            known |= dict(rows(db, "find_keys", {"ids": missing}))
        return {id: known[id] for id in wanted if id in known}

    def forget(self, commits: Iterable[Commit]) -> None:
        """Looks these up anew: they may be other jobs now."""
        for commit in commits:
            self._known.pop(commit.after.id, None)


class Sheet:
    """The rows of a group, each with its place in the transaction."""

    def __init__(self) -> None:
        self._jobs: list[tuple[Any, ...]] = []
        self._steps: list[tuple[Any, ...]] = []
        self._events: list[tuple[Any, ...]] = []
        self._new: list[tuple[Any, ...]] = []
        self._marks: list[tuple[Any, ...]] = []
        self._ordinal = 0

    def enter(self, name: int | str, lead: tuple[Any, ...], commit: Commit) -> int:
        """Adds a commit; `name` of its job in the rows that belong to it. Answers the place that it reaches."""
        before, after, _, changed, marks = commit
        placed = self._place(name, commit)
        self._jobs.append((*lead, *codec.state_values(after), *placed))
        if before is not None or changed:
            self._steps += [(name, *codec.step_values(after.steps[step])) for step in changed]
        else:
            self._steps += [(name, *codec.step_values(step)) for step in after.steps.values()]
        for mark in _collapsed(marks):
            self._mark(name, mark)
        return self._ordinal

    def changes(self, *, durable: bool) -> dict[str, Any]:
        """Parameters of `change_jobs`."""
        parts = self._parts(Ints) | columns(_CHANGED, self._jobs) | columns(_MARK, self._marks, "mark_")
        parts |= columns(_NEW, self._new, "new_")
        counts = {"jobs": len(self._jobs), "news": len(self._new), "marks": len(self._marks)}
        return parts | counts | _sync(durable)

    def births(self, *, durable: bool) -> dict[str, Any]:
        """Parameters of `insert_jobs`."""
        parts = self._parts(Texts) | columns(_BORN, self._jobs)
        parts |= columns(_NEW, [*self._new, *(mark[:-1] for mark in self._marks)], "mark_", Texts)
        return parts | {"jobs": len(self._jobs)} | _sync(durable)

    def _parts(self, job: type[Column]) -> dict[str, Any]:
        return columns(_STEP, self._steps, "step_", job) | columns(_EVENT, self._events, "entry_", job)

    def _place(self, name: int | str, commit: Commit) -> tuple[int | None, int | None]:
        """Gives events and a last tick their ordinals; answers those of the newest event and of the tick."""
        before, after, events, _, _ = commit
        for event in events:
            self._ordinal += 1
            self._events.append((name, self._ordinal, *codec.event_values(event)))
        last = self._ordinal if events else None
        newest = events[-1].version if events else before.version if before else 0
        if newest == after.version:
            return last, None
        self._ordinal += 1
        return last, self._ordinal

    def _mark(self, name: int | str, mark: tuple[BatchMark, int]) -> None:
        (producer, seq, attempt, lease), first = mark
        row = (name, attempt, producer, seq, lease)
        if first <= 1:
            self._new.append(row)
        else:
            self._marks.append((*row, first - 1))


class Writer:
    """Writes commits, on a connection that commits each statement by itself."""

    def __init__(self) -> None:
        self._keys = Keys()

    def write(self, db: Connection, commits: Sequence[Commit], *, durable: bool) -> list[int | None]:
        """Stores commits and answers their positions; None for those that lost their race."""
        try:
            return self._together(db, commits, durable=durable)
        except LostRace:
            self._keys.forget(commits)
            if len(commits) == 1:
                return [None]
            half = len(commits) // 2  # who lost is found in few steps, and the others still go together
            one, other = commits[:half], commits[half:]
            return [*self.write(db, one, durable=durable), *self.write(db, other, durable=durable)]

    def _together(self, db: Connection, commits: Sequence[Commit], *, durable: bool) -> list[int | None]:
        born = [commit for commit in commits if commit.before is None]
        if not born:
            return self._change(db, commits, durable=durable)
        if len(born) == len(commits):
            return self._insert(db, commits, durable=durable)
        raise LostRace  # new jobs and changes of old ones are two statements

    def _change(self, db: Connection, commits: Sequence[Commit], *, durable: bool) -> list[int | None]:
        keys = self._keys.of(db, commits)
        if durable and len(commits) == 1 and (alone := advance(commits[0], keys.get(commits[0].after.id, 0))):
            return _placed(_written(db, "advance_job", alone), (1,))
        sheet, places = Sheet(), []
        for commit in commits:
            was = commit.before
            if was is None or was.id not in keys:
                raise LostRace
            lead = (keys[was.id], was.id, was.version, was.attempt)
            places.append(sheet.enter(keys[was.id], lead, commit))
        return _placed(_written(db, "change_jobs", sheet.changes(durable=durable)), places)

    def _insert(self, db: Connection, commits: Sequence[Commit], *, durable: bool) -> list[int | None]:
        sheet = Sheet()
        places = [sheet.enter(new.after.id, codec.fact_values(new.after.facts), new) for new in commits]
        return _placed(_written(db, "insert_jobs", sheet.births(durable=durable)), places)


def _written(db: Connection, statement: str, params: dict[str, Any]) -> int:
    """The first position of the transaction that a statement was."""
    try:
        first: int = value(db, statement, params)
    except psycopg.Error as error:
        if error.sqlstate == LOST_RACE:
            raise LostRace from None
        raise
    return first


def _placed(first: int, places: Sequence[int]) -> list[int | None]:
    if places and places[-1] >= SPAN:
        raise OverflowError(f"one transaction holds at most {SPAN} changes")
    return [first + place for place in places]


def _collapsed(marks: Sequence[BatchMark]) -> list[tuple[BatchMark, int]]:
    """One mark for each producer of an attempt, its last one, with the number of the first that it stands for."""
    found: dict[tuple[int, str], tuple[BatchMark, int]] = {}
    for mark in marks:
        known = found.get((mark.attempt, mark.producer))
        if known is None:
            found[mark.attempt, mark.producer] = mark, mark.seq
            continue
        last, first = known
        if mark.seq and last.seq and mark.seq != last.seq + 1:
            raise LostRace
        joined = last._replace(seq=max(last.seq, mark.seq), lease=mark.lease or last.lease)
        found[mark.attempt, mark.producer] = joined, first or mark.seq
    return list(found.values())


def _sync(durable: bool) -> dict[str, str]:
    return {"sync": "on" if durable else "off", "flush": "on"}
