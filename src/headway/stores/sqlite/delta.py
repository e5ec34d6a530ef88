"""What changed after a position: events and ticks in one order, cut where the limit is reached."""

from __future__ import annotations

import sqlite3

from headway.core.job import Job
from headway.stores.protocol import Delta
from headway.stores.reach import up_to
from headway.stores.sqlite.rows import load_by_key, rows, stored_event, value


def read_delta(db: sqlite3.Connection, after: int, limit: int) -> Delta:
    """At most `limit` changes. A job that changes again later comes with its newest state, and where it is from."""
    page = {"after": after, "limit": limit + 1}
    events = rows(db, "read_events", page)
    ticked = rows(db, "read_ticked", page)
    changes = sorted([*((row[0], row[1]) for row in events), *((at, key) for key, at in ticked)])
    more = len(changes) > limit
    reached = changes[limit - 1][0] if more else value(db, "read_position")
    seen = {key for at, key in changes if at <= reached}
    stored = [stored_event(*row) for row in events if row[0] <= reached]
    return Delta(reach=up_to(reached), events=stored, jobs=sorted(load_by_key(db, seen), key=_position), more=more)


def _position(changed: tuple[int, Job]) -> int:
    return changed[0]
