"""What is read as of one moment: where the store is, and what changed since somebody read last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from headway.core.job import Job
from headway.stores import listing
from headway.stores.postgres.columns import Ints
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.moment import Moment
from headway.stores.postgres.rows import MOST, clamp, load_by_key, rows, stored_event
from headway.stores.postgres.snapshots import reach_of
from headway.stores.protocol import Delta, Filter, Horizon
from headway.stores.reach import Reach, Span


@contextmanager
def at_one_moment(db: Connection) -> Iterator[None]:
    """All reads inside see the same state of the database."""
    db.execute("begin transaction isolation level repeatable read read only")
    try:
        yield
    finally:
        if not db.closed:
            db.execute("commit")


def horizon(db: Connection) -> Horizon:
    """What can be seen, and of which store."""
    epoch, snapshot, base, floor = rows(db, "read_horizon")[0]
    return Horizon(epoch=_named(epoch), reach=reach_of(snapshot, base), floor=floor)


def read_delta(db: Connection, after: Reach, limit: int) -> Delta:
    """Everything that can be seen now and could not be seen then, at most `limit` changes; inside one moment.

    A job that changes again later comes with its newest state, and where it is from.
    """
    now = horizon(db).reach
    page = _spans(after) | {"limit": limit + 1}
    events, ticked = rows(db, "read_events", page), rows(db, "read_ticked", page)
    changes = sorted([*((row[0], row[1]) for row in events), *((at, key) for key, at in ticked)])
    more = len(changes) > limit
    reached = changes[limit - 1][0] if more else MOST
    seen = {key for at, key in changes if at <= reached}
    return Delta(
        reach=after.under(now.top).plus(now, reached + 1),  # whoever is ahead of the store goes on from where it is
        events=[stored_event(*row) for row in events if row[0] <= reached],
        jobs=sorted(load_by_key(db, seen), key=_position),
        more=more,
    )


def read_snapshot(db: Connection, filter: Filter, finished: int) -> tuple[Horizon, list[Job]]:
    """The live jobs of a filter and its last finished ones, oldest first; inside one moment."""
    moment = Moment(db)
    jobs = [*listing.live(moment, filter), *listing.finished(moment, filter, finished)]
    return horizon(db), sorted(jobs, key=lambda job: (job.facts.created_at, job.id))


def _named(parts: str) -> str:
    """One short word for the store, the cluster and the database: a copy of any of them is another."""
    return hashlib.blake2s(parts.encode(), digest_size=6).hexdigest()


def _spans(after: Reach) -> dict[str, Any]:
    """The positions that a reach does not cover."""
    spans: Sequence[Span] = (*after.gaps, (after.top, MOST))
    return {"lows": Ints(clamp(low) for low, _ in spans), "highs": Ints(clamp(high) for _, high in spans)}


def _position(changed: tuple[int, Job]) -> int:
    return changed[0]
