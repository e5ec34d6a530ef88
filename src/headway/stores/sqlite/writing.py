"""The transaction that stores a group of commits: job rows, producers' numbers, steps, events, each at its position."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from headway.core.job import Job
from headway.stores import codec
from headway.stores.protocol import BatchMark, Commit
from headway.stores.sqlite.sheet import LostRace, Put, Sheet, at_once
from headway.stores.sqlite.statements import statements

_KEYS_MAX: Final = 20_000  # jobs whose key is remembered
_ADVANCED: Final = (
    *("step", "message", "current", "total", "unit", "permille", "updated_at", "last_progress_at"),
    *("version", "event_version"),
)
_advanced = itemgetter(*_ADVANCED)
_others = itemgetter(*(name for name in codec.STATE_FIELDS if name not in _ADVANCED and name != "seq"))


class Writer:
    """Writes commits into a transaction that its caller begins and ends."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._batches: dict[int, tuple[int, BatchMark]] = {}
        self._sql = statements()

    def together(self, db: sqlite3.Connection, commits: Sequence[Commit]) -> list[int | None]:
        """Stores all commits and answers their positions, or raises LostRace; `stored` when that is committed."""
        position = db.execute(self._sql["read_position"]).fetchone()[0]
        if len(commits) == 1:
            return [self._enter(db, at_once(db), position, commits[0])]
        sheet = Sheet()
        positions: list[int | None] = []
        for commit in commits:
            position = self._enter(db, sheet.put, position, commit)
            positions.append(position)
        sheet.write(db)
        return positions

    def one_by_one(self, db: sqlite3.Connection, commits: Sequence[Commit]) -> list[int | None]:
        """Stores each commit that has not lost its race; None for the others."""
        return [self._alone(db, commit) for commit in commits]

    def stored(self, commits: Sequence[Commit]) -> None:
        """Remembers whose batch was the last of each job, at which version: if it is still so, nothing is looked up."""
        for before, after, _events, _changed, marks in commits:
            if not marks or before is None:
                continue
            key = self._keys.get(after.facts.id, 0)
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
        key, put = self._key(db, job.id), at_once(db)
        ticked = db.execute(self._sql["read_position"]).fetchone()[0] + 1
        same = (key, job.id, now.version, now.attempt)
        put("update_job", (*codec.state_values(job)[:-1], ticked, *_last_batch(()), *same))
        db.execute(self._sql["clear_steps"], {"job": key})
        _put_steps(put, key, job, job.steps, {})

    def _alone(self, db: sqlite3.Connection, commit: Commit) -> int | None:
        db.execute("savepoint one")
        try:
            return self.together(db, (commit,))[0]
        except LostRace:
            db.execute("rollback to one")
            return None
        finally:
            db.execute("release one")

    def _enter(self, db: sqlite3.Connection, put: Put, position: int, commit: Commit) -> int:
        """Puts a commit's rows after a position; answers the position that it reaches."""
        before, after, events, changed, marks = commit
        newest = events[-1].version if events else before.version if before else 0
        ticks = newest < after.version  # its last change is no event and has a position of its own
        reached = position + len(events) + ticks
        ticked = reached if ticks else None
        if before is None:
            key = self._insert(db, after, ticked)
            _put_steps(put, key, after, after.steps, {})
        else:
            key = self._key(db, before.facts.id)
            if marks and not self._follows(key, before, after, marks):
                db.execute(self._sql["settle_producer"], {"job": key})
            else:
                marks = ()
            self._put_job(db, put, key, commit, ticked)
            if changed:
                _put_steps(put, key, after, changed, before.steps)
        for mark in marks:
            _put_mark(put, key, mark)
        for event in events:
            position += 1
            put("append_event", (position, key, key, *codec.event_values(event)))
        return reached

    def _follows(self, key: int, before: Job, after: Job, marks: Sequence[BatchMark]) -> bool:
        """Whether the one batch of a commit comes right after the last one of the job: then its row says it all."""
        if len(marks) != 1 or after.version == before.version:
            return False
        version, last = self._batches.get(key, (0, None))
        producer, seq, attempt, lease = marks[0]
        return version == before.version and last == (producer, seq - 1, attempt, lease)

    def _put_job(self, db: sqlite3.Connection, put: Put, key: int, commit: Commit, ticked: int | None) -> None:
        assert commit.before is not None
        was, now, marks = commit.before.__dict__, commit.after.__dict__, commit.marks
        same = (key, was["facts"].id, was["version"], was["attempt"])
        if now["version"] == was["version"]:
            if db.execute(self._sql["check_job"], same).fetchone() is None:
                raise LostRace
        elif _others(now) == _others(was):
            put("advance_job", (*_advanced(now), ticked, *_last_batch(marks), *same))
        else:
            put("update_job", (*codec.state_values(commit.after)[:-1], ticked, *_last_batch(marks), *same))

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


def _last_batch(marks: Sequence[BatchMark]) -> tuple[Any, ...]:
    """What the job's row says about the last batch; None leaves it as it is."""
    if len(marks) != 1 or not marks[0].seq:
        return (None, None, None)
    producer, seq, attempt, _ = marks[0]
    return (producer, attempt, seq)


def _put_steps(put: Put, key: int, job: Job, names: Iterable[str], known: Mapping[str, Any]) -> None:
    for name in names:
        values = codec.step_values(job.steps[name])
        if name in known:
            put("update_step", (*values[4:], values[1], key))
        else:
            put("insert_step", (*values[:2], key, *values[2:]))


def _put_mark(put: Put, key: int, mark: BatchMark) -> None:
    row = (mark.seq, mark.lease, key, mark.attempt, mark.producer)
    if mark.seq <= 1:
        put("register_producer", row)
    else:
        put("advance_producer", (*row, mark.seq - 1))
