"""The transaction that stores a group of commits: which statements it takes, and what it means when one is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

import psycopg

from headway.stores.postgres import advancing
from headway.stores.postgres.asking import Asking
from headway.stores.postgres.batches import LostRace
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.faults import LOST_RACE, NO_ROOM
from headway.stores.postgres.keys import Keys
from headway.stores.postgres.rows import Cursor, execute, value
from headway.stores.postgres.sheets import Advances, Births, Changes, Extensions, Places
from headway.stores.postgres.snapshots import SPAN
from headway.stores.protocol import Commit

_LOST: Final = frozenset((LOST_RACE, "40P01", "40001"))  # the last two: others were in the way, and went first
_CHUNK: Final = 250  # jobs of one statement: while the server writes them, the next ones are put together here

Params = dict[str, Any]

# Ticks are durable too: what a crash forgets has been seen, and its version would be given to something else.
_SAID: Final = {"sync": "on", "flush": "on"}


class Writer:
    """Writes commits, on a connection that commits each statement by itself."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._asking = Asking()

    def write(self, db: Connection, commits: Sequence[Commit]) -> list[int | None]:
        """Stores commits and answers their positions; None for those that lost their race."""
        try:
            return _stored(db, lambda: self._together(db, commits))
        except LostRace:
            self._keys.forget(commits)
            if len(commits) == 1:
                return [None]
            half = len(commits) // 2  # who lost is found in few steps, and the others still go together
            one, other = commits[:half], commits[half:]
            return [*self.write(db, one), *self.write(db, other)]

    def _together(self, db: Connection, commits: Sequence[Commit]) -> list[int | None]:
        if len(commits) == 1 and (position := self._alone(db, commits[0])):
            return [position]
        old = [commit for commit in commits if commit.before is not None]
        keys = self._keys.of(db, old)
        if len(keys) < len(old):
            raise LostRace
        positions = self._grouped(db, commits, keys) if commits else []
        self._keys.stored(old, keys)
        return positions

    def _alone(self, db: Connection, commit: Commit) -> int | None:
        """Stores a lone transition of a job whose key is known; None for anything else."""
        key = self._keys.known(commit.after.facts.id)
        if key is None or not advancing.advances(commit, self._keys.last(key)):
            return None
        found = advancing.alone(key, commit)
        if found is None:
            return None
        position = self._asking.number(db, *found)
        if position is None:
            raise LostRace
        self._keys.follow(key, commit.marks)
        return position

    def _grouped(self, db: Connection, commits: Sequence[Commit], keys: Mapping[str, int]) -> list[int | None]:
        plan = _Group(self._keys, keys)
        for index, commit in enumerate(commits):
            plan.enter(index, commit)
        if len(commits) <= _CHUNK and plan.kinds == 1:
            first = next(_first(execute(db, name, params | _SAID)) for name, params in plan.statements())
        else:
            first = _pipelined(db, plan)
        return [first + plan.places[index] for index in range(len(commits))]


class _Group:
    """Commits sorted by the statement that writes them."""

    def __init__(self, known: Keys, keys: Mapping[str, int]) -> None:
        self._known = known
        self._keys = keys
        self._extensions: list[tuple[int, int, Commit]] = []
        self._advances: list[tuple[int, int, Commit]] = []
        self._changes: list[tuple[int, int, Commit]] = []
        self._births: list[tuple[int, Commit]] = []
        self.places: dict[int, int] = {}

    @property
    def kinds(self) -> int:
        return sum(map(bool, (self._extensions, self._advances, self._changes, self._births)))

    def enter(self, index: int, commit: Commit) -> None:
        if commit.before is None:
            self._births.append((index, commit))
            return
        key = self._keys[commit.after.facts.id]
        self._kind(key, commit).append((key, index, commit))

    def _kind(self, key: int, commit: Commit) -> list[tuple[int, int, Commit]]:
        if not advancing.advances(commit, self._known.last(key)):
            return self._changes
        return self._extensions if advancing.extends(commit) else self._advances

    def statements(self) -> Iterator[tuple[str, Params]]:
        """Each with its parameters, made when it is its turn."""
        places = Places()
        if self._births:
            births = Births(places)
            self.places |= {index: births.enter(commit) for index, commit in self._births}
            yield "insert_jobs", births.parameters()
        for part in _parts(self._changes):
            changes = Changes(places)
            self.places |= {index: changes.enter(key, commit, self._known.last(key)) for key, index, commit in part}
            yield "change_jobs", changes.parameters()
        for part in _parts(self._advances):
            advances = Advances(places)
            self.places |= {index: advances.enter(key, commit) for key, index, commit in part}
            yield "advance_jobs", advances.parameters()
        for part in _parts(self._extensions):
            extensions = Extensions(places)
            self.places |= {index: extensions.enter(key, commit) for key, index, commit in part}
            yield "extend_jobs", extensions.parameters()
        if places.last >= SPAN:
            raise OverflowError(f"one transaction holds at most {SPAN} changes")


def _pipelined(db: Connection, group: _Group) -> int:
    """All statements in one transaction; none waits for the answer to the one before."""
    with db.pipeline(), db.transaction():
        answers = [execute(db, name, params | _SAID) for name, params in group.statements()]
    return _first(answers[0])


def _first(answer: Cursor) -> int:
    """The first position of the transaction."""
    row = answer.fetchone()
    assert row is not None
    return int(row[0])


def _stored(db: Connection, store: Callable[[], list[int | None]]) -> list[int | None]:
    """Stores, once more if there was no room for the history of this month."""
    try:
        return store()
    except psycopg.Error as error:
        if error.sqlstate in _LOST:
            raise LostRace from None
        if error.sqlstate != NO_ROOM or error.diag.constraint_name is not None:
            raise
    value(db, "make_room")
    return store()


def _parts(changes: list[tuple[int, int, Commit]]) -> Iterator[list[tuple[int, int, Commit]]]:
    """In the order of their keys, for that is how rows are locked."""
    changes.sort(key=itemgetter(0))
    for start in range(0, len(changes), _CHUNK):
        yield changes[start : start + _CHUNK]
