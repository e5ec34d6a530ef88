"""Rows of the file read back as jobs, steps and events."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from headway.core.job import Job, Step
from headway.stores import codec
from headway.stores.protocol import Holding, Lease, StoredEvent
from headway.stores.sqlite.statements import statements

Params = Sequence[Any] | Mapping[str, Any]

AT_ONCE = 500  # jobs that one statement reads


def rows(db: sqlite3.Connection, statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """All rows of a named statement, fetched whole, so that no read stays open."""
    try:
        return db.execute(statements()[statement], params).fetchall()
    except UnicodeEncodeError:  # no text in the file has half a surrogate pair: nothing is equal to it
        return []
    except OverflowError:  # no number in the file is that large: the largest stands for it in every comparison
        return db.execute(statements()[statement], _clamped(params)).fetchall()


def value(db: sqlite3.Connection, statement: str, params: Params = ()) -> Any:
    """The one value that a named statement answers, or None."""
    found = rows(db, statement, params)
    return found[0][0] if found else None


@contextmanager
def at_one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """All reads inside see the same state of the file."""
    if db.in_transaction:
        yield
        return
    db.execute("begin")
    try:
        yield
    finally:
        db.execute("commit")


def load(db: sqlite3.Connection, job_id: str) -> Job | None:
    """A job and its steps."""
    with at_one_moment(db):
        found = rows(db, "load_job", (job_id,))
        steps = rows(db, "load_steps", {"job": found[0][0]}) if found else []
    return codec.to_job(found[0][2:], map(codec.to_step, steps)) if found else None


def load_by_key(db: sqlite3.Connection, keys: Iterable[int]) -> list[tuple[int, Job]]:
    """Jobs with the position of their last change, in the order of the keys; a key that is gone is left out."""
    wanted = list(keys)
    found: dict[int, tuple[int, Job]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        found |= _loaded(db, json.dumps(wanted[start : start + AT_ONCE]))
    return [found[key] for key in wanted if key in found]


def stored_event(position: int, key: int, job_id: str, *values: Any) -> StoredEvent:
    """A row of `read_events`."""
    return StoredEvent(position=position, job_id=job_id, event=codec.to_event(values))


def holding(job_id: str, attempt: int, lease_id: str | None, ttl_ms: int, owner: str, beat: int) -> Holding:
    """A row of `list_holdings`."""
    lease = None if lease_id is None else Lease(id=lease_id, ttl_ms=ttl_ms, owner=owner, beat=beat)
    return Holding(job_id=job_id, attempt=attempt, lease=lease)


def _loaded(db: sqlite3.Connection, keys: str) -> dict[int, tuple[int, Job]]:
    with at_one_moment(db):
        jobs, parts = rows(db, "load_jobs", (keys,)), rows(db, "load_steps_of_jobs", (keys,))
    steps: dict[int, list[Step]] = {}
    for key, *values in parts:
        steps.setdefault(key, []).append(codec.to_step(values))
    return {key: (changed, codec.to_job(values, steps.get(key, ()))) for key, changed, *values in jobs}


def _clamped(params: Params) -> Params:
    if isinstance(params, Mapping):
        return {name: _clamp(value) for name, value in params.items()}
    return [_clamp(value) for value in params]


def _clamp(value: Any) -> Any:
    return max(-(2**63), min(value, 2**63 - 1)) if isinstance(value, int) else value
