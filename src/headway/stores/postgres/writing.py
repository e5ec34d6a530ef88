"""The statements that store a group of commits: gathered here as columns, written all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import tuple_row

from headway.stores import codec
from headway.stores.postgres.advancing import advance
from headway.stores.postgres.batches import JOB_FIELDS, MARK_FIELDS, NEW_FIELDS, LostRace, Run, in_job, in_rows, runs
from headway.stores.postgres.columns import Column, Ints, Texts, columns, register
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.faults import LOST_RACE, NO_ROOM
from headway.stores.postgres.rows import rows, value
from headway.stores.postgres.snapshots import SPAN
from headway.stores.postgres.statements import statements
from headway.stores.protocol import BatchMark, Commit

_STATE: Final = (*codec.STATE_FIELDS, "last_event", "ticked")
_CHANGED: Final = (
    *("key", "id", "was_version", "was_attempt", *_STATE),
    *JOB_FIELDS,
)
_BORN: Final = (*codec.FACT_FIELDS, *_STATE)
_STEP: Final = ("job", *codec.STEP_FIELDS)
_EVENT: Final = ("job", "ordinal", *codec.EVENT_FIELDS)
_LOST: Final = frozenset((LOST_RACE, "40P01", "40001"))  # the last two: others were in the way, and went first
_KEYS_MAX: Final = 20_000  # jobs whose key is remembered


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

    def forget(self, commits: Iterable[Commit]) -> list[int]:
        """Looks these up anew: they may be other jobs now. Answers the keys that they had."""
        known = [self._known.pop(commit.after.id, None) for commit in commits]
        return [key for key in known if key is not None]


class Sheet:
    """The rows of a group, each with its place in the transaction."""

    def __init__(self) -> None:
        self._jobs: list[tuple[Any, ...]] = []
        self._steps: list[tuple[Any, ...]] = []
        self._events: list[tuple[Any, ...]] = []
        self._new: list[tuple[Any, ...]] = []
        self._marks: list[tuple[Any, ...]] = []
        self._ordinal = 0

    def change(self, key: int, commit: Commit, known: BatchMark | None) -> int:
        """Adds a change of a job; answers the place that it reaches. `known`: the job's last batch, if remembered."""
        before, after, _, changed, marks = commit
        assert before is not None
        placed, found = self._place(key, commit), runs(marks)
        lead = (key, before.id, before.version, before.attempt)
        self._jobs.append((*lead, *codec.state_values(after), *placed, *in_job(found, known)))
        self._steps += [(key, *codec.step_values(after.steps[name])) for name in changed]
        self._mark(key, found)
        return self._ordinal

    def birth(self, commit: Commit) -> int:
        """Adds a new job; answers the place that it reaches."""
        job, found = commit.after, runs(commit.marks)
        placed = self._place(job.id, commit)
        self._jobs.append((*codec.fact_values(job.facts), *codec.state_values(job), *placed))
        self._steps += [(job.id, *codec.step_values(step)) for step in job.steps.values()]
        if any(run.first > 1 for run in found):
            raise LostRace  # nobody has sent a batch before
        self._mark(job.id, found)
        return self._ordinal

    def changes(self, *, durable: bool) -> dict[str, Any]:
        """Parameters of `change_jobs`."""
        parts = self._parts(Ints) | columns(_CHANGED, self._jobs) | columns(MARK_FIELDS, self._marks, "mark_")
        parts |= columns(NEW_FIELDS, self._new, "new_")
        counts = {"jobs": len(self._jobs), "news": len(self._new), "marks": len(self._marks)}
        return parts | counts | _sync(durable)

    def births(self, *, durable: bool) -> dict[str, Any]:
        """Parameters of `insert_jobs`."""
        parts = self._parts(Texts) | columns(_BORN, self._jobs)
        parts |= columns(NEW_FIELDS, self._new, "mark_", Texts)
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

    def _mark(self, job: int | str, found: Sequence[Run]) -> None:
        new, going = in_rows(found, job)
        self._new += new
        self._marks += going


class Writer:
    """Writes commits, on a connection that commits each statement by itself."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._last: dict[int, BatchMark] = {}  # of each job, as far as it was written here

    def write(self, db: Connection, commits: Sequence[Commit], *, durable: bool) -> list[int | None]:
        """Stores commits and answers their positions; None for those that lost their race."""
        try:
            return self._together(db, commits, durable=durable)
        except LostRace:
            self._forget(commits)
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
        if len(keys) < len(commits):
            raise LostRace
        alone = self._alone(commits[0], keys[commits[0].after.id]) if durable and len(commits) == 1 else None
        if alone:
            written = _placed(_written(db, "advance_job", alone), (1,))
        else:
            written = self._grouped(db, commits, keys, durable=durable)
        self._remember(commits, keys)
        return written

    def _alone(self, commit: Commit, key: int) -> dict[str, Any] | None:
        """Parameters of the statement for a lone transition, if it is one whose batch follows the last one here."""
        if commit.marks:
            known = self._last.get(key)
            if known is None or commit.marks[0] != known._replace(seq=known.seq + 1):
                return None
        return advance(commit, key)

    def _grouped(
        self, db: Connection, commits: Sequence[Commit], keys: dict[str, int], *, durable: bool
    ) -> list[int | None]:
        sheet, places = Sheet(), []
        for commit in commits:
            key = keys[commit.after.id]
            places.append(sheet.change(key, commit, self._last.get(key)))
        return _placed(_written(db, "change_jobs", sheet.changes(durable=durable)), places)

    def _insert(self, db: Connection, commits: Sequence[Commit], *, durable: bool) -> list[int | None]:
        sheet = Sheet()
        places = [sheet.birth(new) for new in commits]
        return _placed(_written(db, "insert_jobs", sheet.births(durable=durable)), places)

    def _remember(self, commits: Sequence[Commit], keys: dict[str, int]) -> None:
        if len(self._last) > _KEYS_MAX:
            self._last.clear()
        for commit in commits:
            counted = [mark for mark in commit.marks if mark.seq]
            if len(counted) == 1:
                self._last[keys[commit.after.id]] = counted[0]
            elif counted:
                self._last.pop(keys[commit.after.id], None)

    def _forget(self, commits: Sequence[Commit]) -> None:
        for key in self._keys.forget(commits):
            self._last.pop(key, None)


def insert_in(connection: psycopg.Connection[Any], commit: Commit) -> None:
    """Stores a new job inside the transaction of somebody else's connection. Raises LostRace, and ends it then."""
    cursor = psycopg.RawCursor(connection, row_factory=tuple_row)
    register(cursor)
    sheet = Sheet()
    sheet.birth(commit)
    # What else they write in it is not ours: the schema looks at each row.
    params = sheet.births(durable=True) | {"flush": "off"}
    sql, names = statements()["insert_jobs"]
    try:
        cursor.execute(sql, [params[name] for name in names])
    except psycopg.Error as error:
        if error.sqlstate in _LOST:
            raise LostRace from None
        raise


def _written(db: Connection, statement: str, params: dict[str, Any]) -> int:
    """The first position of the transaction that a statement was."""
    try:
        first: int = value(db, statement, params)
    except psycopg.Error as error:
        if error.sqlstate in _LOST:
            raise LostRace from None
        if error.sqlstate == NO_ROOM and error.diag.constraint_name is None:
            value(db, "make_room")
            return int(value(db, statement, params))
        raise
    return first


def _placed(first: int, places: Sequence[int]) -> list[int | None]:
    if places and places[-1] >= SPAN:
        raise OverflowError(f"one transaction holds at most {SPAN} changes")
    return [first + place for place in places]


def _sync(durable: bool) -> dict[str, str]:
    return {"sync": "on" if durable else "off", "flush": "on"}
