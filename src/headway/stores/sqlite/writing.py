"""The transaction that stores a group of commits: job rows, producers' numbers, steps, events, each at its position."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from headway.core.job import Job
from headway.stores import codec
from headway.stores.protocol import BatchMark, Commit
from headway.stores.sqlite.statements import statements

_KEYS_MAX: Final = 20_000  # jobs whose key is remembered
_ADVANCED: Final = (
    *("step", "message", "current", "total", "unit", "permille", "updated_at", "last_progress_at"),
    *("version", "event_version"),
)
_advanced = itemgetter(*_ADVANCED)
_others = itemgetter(*(name for name in codec.STATE_FIELDS if name not in _ADVANCED and name != "seq"))

Rows = list[tuple[Any, ...]]


class LostRace(Exception):
    """A job is no longer what its commit was decided on; the transaction must be rolled back."""


class Writer:
    """Writes commits into a transaction that its caller begins and ends."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._batches: dict[int, tuple[int, BatchMark]] = {}
        self._sql = statements()

    def together(self, db: sqlite3.Connection, commits: Sequence[Commit]) -> list[int | None]:
        """Stores all commits and answers their positions, or raises LostRace; `stored` when that is committed."""
        sheet = _Sheet(db.execute(self._sql["read_position"]).fetchone()[0])
        positions: list[int | None] = [self._enter(db, sheet, commit) for commit in commits]
        sheet.write(db, self._sql)
        return positions

    def one_by_one(self, db: sqlite3.Connection, commits: Sequence[Commit]) -> list[int | None]:
        """Stores each commit that has not lost its race; None for the others."""
        return [self._alone(db, commit) for commit in commits]

    def stored(self, commits: Sequence[Commit]) -> None:
        """Remembers whose batch was the last of each job, at which version: if it is still so, nothing is looked up."""
        for before, after, _events, _changed, marks in commits:
            key = self._keys.get(after.facts.id)
            if not marks or before is None or key is None:
                continue
            if len(marks) == 1 and marks[0].seq and after.version != before.version:
                self._batches[key] = (after.version, marks[0])
            else:
                self._batches.pop(key, None)

    def forget(self, commits: Sequence[Commit]) -> None:
        """Looks the keys of these jobs up anew: they may be other jobs now, or in another file."""
        for commit in commits:
            key = self._keys.pop(commit.after.id, None)
            self._batches.pop(key or 0, None)

    def replace(self, db: sqlite3.Connection, now: Job, job: Job) -> None:
        """Puts a state in the place of another, as a change that is no event."""
        key = self._key(db, job.id)
        sheet = _Sheet(db.execute(self._sql["read_position"]).fetchone()[0])
        sheet.updated.append(_updated_row(key, now, job, sheet.position + 1))
        db.execute(self._sql["clear_steps"], {"job": key})
        sheet.enter_steps(key, job, job.steps, frozenset())
        sheet.write(db, self._sql)

    def _alone(self, db: sqlite3.Connection, commit: Commit) -> int | None:
        db.execute("savepoint one")
        try:
            return self.together(db, (commit,))[0]
        except LostRace:
            db.execute("rollback to one")
            return None
        finally:
            db.execute("release one")

    def _enter(self, db: sqlite3.Connection, sheet: _Sheet, commit: Commit) -> int:
        """Puts a commit's rows on the sheet; answers the position that it reaches."""
        before, after, events, changed, marks = commit
        first = sheet.position + 1
        newest = events[-1].version if events else before.version if before else 0
        ticks = newest < after.version  # its last change is no event and has a position of its own
        sheet.position += len(events) + ticks
        ticked = sheet.position if ticks else None
        if before is None:
            key = self._insert(db, after, ticked)
            sheet.enter_steps(key, after, after.steps, frozenset())
        else:
            key = self._key(db, before.facts.id)
            follows = self._follows(key, before, after, marks)
            sheet.enter_job(key, before, after, ticked, marks[0] if len(marks) == 1 else None)
            sheet.enter_steps(key, after, changed, before.steps)
            if follows:
                marks = ()
            elif marks:
                sheet.settled.append({"job": key})
        for position, event in enumerate(events, first):
            sheet.events.append((position, key, key, *codec.event_values(event)))
        for mark in marks:
            sheet.enter_mark(key, mark)
        return sheet.position

    def _follows(self, key: int, before: Job, after: Job, marks: Sequence[BatchMark]) -> bool:
        """Whether the one batch of a commit comes right after the last one of the job: then its row says it all."""
        if len(marks) != 1 or after.version == before.version:
            return False
        version, last = self._batches.get(key, (0, None))
        return version == before.version and last is not None and marks[0] == last._replace(seq=last.seq + 1)

    def _insert(self, db: sqlite3.Connection, job: Job, ticked: int | None) -> int:
        values = (*codec.fact_values(job.facts), *codec.state_values(job)[:-1], ticked)
        cursor = db.execute(self._sql["insert_job"], values)
        if cursor.rowcount != 1 or cursor.lastrowid is None:
            raise LostRace
        return cursor.lastrowid

    def _key(self, db: sqlite3.Connection, job_id: str) -> int:
        """A job's key; remembered, for it never changes while the job exists."""
        key = self._keys.get(job_id)
        if key is None:
            row = db.execute(self._sql["find_key"], (job_id,)).fetchone()
            if row is None:
                raise LostRace
            if len(self._keys) >= _KEYS_MAX:
                self._keys.clear()
                self._batches.clear()
            key = self._keys[job_id] = row[0]
        return key


class _Sheet:
    """The rows of one group, so that each statement runs once over all of them."""

    __slots__ = ("advanced", "events", "marks", "new_steps", "position", "same", "settled", "steps", "updated")

    def __init__(self, position: int) -> None:
        self.position = position
        self.advanced: Rows = []
        self.updated: Rows = []
        self.same: Rows = []
        self.settled: list[dict[str, int]] = []
        self.marks: list[tuple[str, tuple[Any, ...]]] = []
        self.new_steps: Rows = []
        self.steps: Rows = []
        self.events: Rows = []

    def enter_job(self, key: int, before: Job, after: Job, ticked: int | None, mark: BatchMark | None) -> None:
        was, now = before.__dict__, after.__dict__
        same = (key, before.facts.id, was["version"], was["attempt"])
        if now["version"] == was["version"]:
            self.same.append(same)
        elif _others(now) == _others(was):
            self.advanced.append((*_advanced(now), ticked, *_last_batch(mark), *same))
        else:
            self.updated.append(_updated_row(key, before, after, ticked, mark))

    def enter_steps(self, key: int, job: Job, names: Any, known: Any) -> None:
        for name in names:
            values = codec.step_values(job.steps[name])
            if name in known:
                self.steps.append((*values[4:], values[1], key))
            else:
                self.new_steps.append((*values[:2], key, *values[2:]))

    def enter_mark(self, key: int, mark: BatchMark) -> None:
        row = (mark.seq, mark.lease, key, mark.attempt, mark.producer)
        first = mark.seq <= 1
        self.marks.append(("register_producer", row) if first else ("advance_producer", (*row, mark.seq - 1)))

    def write(self, db: sqlite3.Connection, sql: Mapping[str, str]) -> None:
        """Job rows first: the schema wants a job's version to be ahead of its events."""
        if self.settled:
            db.executemany(sql["settle_producer"], self.settled)
        if self.advanced:
            _all_or_lost(db, sql["advance_job"], self.advanced)
        if self.updated:
            _all_or_lost(db, sql["update_job"], self.updated)
        for row in self.same:
            if db.execute(sql["check_job"], row).fetchone() is None:
                raise LostRace
        if self.marks:
            self._write_marks(db, sql)
        if self.new_steps:
            db.executemany(sql["insert_step"], self.new_steps)
        if self.steps:
            _all_or_lost(db, sql["update_step"], self.steps)
        if self.events:
            db.executemany(sql["append_event"], self.events)

    def _write_marks(self, db: sqlite3.Connection, sql: Mapping[str, str]) -> None:
        """In their order: one may follow another."""
        for statement, marks in groupby(self.marks, key=itemgetter(0)):
            _all_or_lost(db, sql[statement], [row for _, row in marks])


def _updated_row(
    key: int, before: Job, after: Job, ticked: int | None, mark: BatchMark | None = None
) -> tuple[Any, ...]:
    same = (key, before.id, before.version, before.attempt)
    return (*codec.state_values(after)[:-1], ticked, *_last_batch(mark), *same)


def _last_batch(mark: BatchMark | None) -> tuple[Any, ...]:
    """What the job's row says about the last batch; None leaves it as it is."""
    return (mark.producer, mark.attempt, mark.seq) if mark is not None and mark.seq else (None, None, None)


def _all_or_lost(db: sqlite3.Connection, statement: str, rows: Rows) -> None:
    if db.executemany(statement, rows).rowcount != len(rows):
        raise LostRace
