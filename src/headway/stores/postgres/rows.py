"""Rows of the database read back as jobs, steps and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import psycopg

from headway.core.job import Job
from headway.stores import codec
from headway.stores.postgres.columns import Ints
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.statements import statements
from headway.stores.protocol import Holding, Lease, StoredEvent

Params = Mapping[str, Any]
Cursor = psycopg.Cursor[tuple[Any, ...]]
_NONE: Final[Params] = {}
_STEPS_FROM: Final = 2 + len(codec.FACT_FIELDS) + len(codec.STATE_FIELDS)
LEAST: Final = -(2**63)
MOST: Final = 2**63 - 1


def execute(db: Connection, statement: str, params: Params = _NONE) -> Cursor:
    """Runs a named statement."""
    sql, names = statements()[statement]
    return db.execute(sql, [params[name] for name in names], prepare=db.prepare_threshold is not None)


def rows(db: Connection, statement: str, params: Params = _NONE) -> list[tuple[Any, ...]]:
    """All rows of a named statement."""
    try:
        return execute(db, statement, params).fetchall()
    except UnicodeEncodeError:  # no text in the database has half a surrogate pair: nothing is equal to it
        return []
    except psycopg.DataError as error:
        if error.sqlstate is not None:
            raise
        return []  # nor has any a NUL, which was not even sent


def value(db: Connection, statement: str, params: Params = _NONE) -> Any:
    """The one value that a named statement answers, or None."""
    found = rows(db, statement, params)
    return found[0][0] if found else None


def clamp(number: int) -> int:
    """No number in the database is larger than its largest: that one stands for it in every comparison."""
    return max(LEAST, min(number, MOST))


def load(db: Connection, job_id: str) -> Job | None:
    """A job and its steps."""
    found = rows(db, "load_job", {"id": job_id})
    return _job(found[0]) if found else None


def load_by_key(db: Connection, keys: Iterable[int]) -> list[tuple[int, Job]]:
    """Jobs with the position of their last change, in the order of the keys; a key that is gone is left out."""
    wanted = Ints(keys)
    found = {row[0]: (row[1], _job(row)) for row in rows(db, "load_jobs", {"keys": wanted})} if wanted else {}
    return [found[key] for key in wanted if key in found]


def stored_event(position: int, key: int, job_id: str, *values: Any) -> StoredEvent:
    """A row of `read_events`."""
    return StoredEvent(position=position, job_id=job_id, event=codec.to_event(values))


def holding(job_id: str, attempt: int, lease_id: str | None, ttl_ms: int, owner: str, beat: int) -> Holding:
    """A row of `list_holdings`."""
    lease = None if lease_id is None else Lease(id=lease_id, ttl_ms=ttl_ms, owner=owner, beat=beat)
    return Holding(job_id=job_id, attempt=attempt, lease=lease)


def _job(row: tuple[Any, ...]) -> Job:
    parts = row[_STEPS_FROM:]
    steps = map(codec.to_step, zip(*parts, strict=True)) if parts[0] else ()
    return codec.to_job(row[2:_STEPS_FROM], steps)
