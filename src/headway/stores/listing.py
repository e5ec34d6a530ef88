"""Lists of jobs: an index gives the candidates in order, page by page; one statement keeps those that are wanted.

The same for every database: each has the statements that are named here, and a `Moment` to ask them at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from headway.core.job import TERMINAL, Job
from headway.stores.protocol import Filter, JobQuery

_LAST: Final = (2**63 - 1, "")  # before every job of a list
_CHUNK_MAX: Final = 2_000

Candidate = tuple[int, int, str]  # key, time, id


class Moment(Protocol):
    """A connection to a database, while it is asked for one list."""

    def rows(self, statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a named statement. A list among the parameters is a set of values, whatever they are."""
        ...

    def load(self, keys: Iterable[int]) -> list[tuple[int, Job]]:
        """Jobs with the position of their last change, in the order of the keys; a key that is gone is left out."""
        ...


class Lane(NamedTuple):
    """A statement that reads candidates along an index, and the values that it is asked for one after the other."""

    statement: str
    values: tuple[Any, ...] = (None,)
    answers: frozenset[str] = frozenset()  # the conditions that the lane itself fulfils


def listed(db: Moment, query: JobQuery) -> list[Job]:
    """One page of a list, newest first."""
    lane = _lane(query)
    upper = min(query.before or _LAST, _LAST if query.created_before is None else (query.created_before, ""))
    lower = -1 if query.created_after is None else query.created_after
    conditions = _conditions(query.filter) | _more_conditions(query)
    return _jobs(db, _wanted(db, lane, conditions, query.limit, upper, lower))


def live(db: Moment, filter: Filter) -> list[Job]:
    """The jobs of a filter that have not ended."""
    if filter.jobs:
        named = of_ids(db, filter.jobs)
        return [job for job in named if not job.terminal and filter.admits(job)]
    keys = [row[0] for row in db.rows("list_live", {})]
    return _jobs(db, _kept(db, keys, _conditions(filter)))


def finished(db: Moment, filter: Filter, limit: int) -> list[Job]:
    """The last jobs of a filter that have ended."""
    lane = _finished_lane(filter)
    return _jobs(db, _wanted(db, lane, _conditions(filter), limit, _LAST))


def of_ids(db: Moment, job_ids: Iterable[str]) -> list[Job]:
    """The jobs that exist, newest first."""
    ids = list(job_ids)
    return _jobs(db, _wanted(db, Lane("list_by_id", (ids,)), {}, len(ids), _LAST))


def _jobs(db: Moment, keys: list[int]) -> list[Job]:
    return [job for _, job in db.load(keys)]


def _lane(query: JobQuery) -> Lane:
    """The index to follow: the one that promises the fewest candidates."""
    filter = query.filter
    statuses = {"running"} if query.quiet_since is not None or query.health == "lost" else query.statuses
    answers = frozenset(("statuses",)) if statuses == query.statuses else frozenset[str]()
    by_status = Lane("list_by_status", tuple(sorted(statuses)), answers)
    if statuses and not TERMINAL.intersection(statuses):
        return _by_ids("list_by_id", filter) or by_status
    by_fact = _by_ids("list_by_id", filter) or _by_fact("list_by", filter, ("parent", "subjects", "projects", "kinds"))
    return by_fact or (by_status if statuses else _by_fact("list_by", filter, ("tenant",))) or Lane("list_by_created")


def _finished_lane(filter: Filter) -> Lane:
    by_fact = _by_fact("list_finished_by", filter, ("parent", "subjects", "projects", "kinds"))
    return _by_ids("list_finished_by_id", filter) or by_fact or Lane("list_finished")


def _by_ids(statement: str, filter: Filter) -> Lane | None:
    return Lane(statement, (sorted(filter.jobs),), frozenset(("jobs",))) if filter.jobs else None


def _by_fact(prefix: str, filter: Filter, names: Sequence[str]) -> Lane | None:
    for name in names:
        value = getattr(filter, name)
        if value:
            values = (value,) if isinstance(value, str) else tuple(sorted(value))
            return Lane(f"{prefix}_{name.removesuffix('s')}", values, frozenset((name,)))
    return None


def _wanted(
    db: Moment,
    lane: Lane,
    conditions: dict[str, Any],
    limit: int,
    upper: tuple[int, str],
    lower: int = -1,
) -> list[int]:
    """The keys of the first `limit` candidates that fulfil the conditions."""
    found: list[int] = []
    left = {name: value for name, value in conditions.items() if name not in lane.answers}
    for chunk in _chunks(db, lane, limit, upper, lower):
        found += _kept(db, [key for key, _, _ in chunk], left)
        if len(found) >= limit:
            break
    return found[:limit]


def _chunks(db: Moment, lane: Lane, size: int, upper: tuple[int, str], lower: int) -> Iterator[list[Candidate]]:
    """Candidates in order, newest first, in chunks that grow; each value has a lane of its own, merged here."""
    while size:
        params = {"at": upper[0], "id": upper[1], "after": lower, "limit": size}
        merged = [row for value in lane.values for row in db.rows(lane.statement, params | {"value": value})]
        merged.sort(key=_newest_first, reverse=True)
        chunk = merged[:size]
        yield chunk
        if len(chunk) < size:
            return
        upper = chunk[-1][1:]
        size = min(max(size, 50) * 2, _CHUNK_MAX)


def _kept(db: Moment, keys: list[int], conditions: dict[str, Any]) -> list[int]:
    """Those of the keys that fulfil the conditions, in the same order."""
    if not keys or not conditions:
        return keys
    params = dict.fromkeys(_NAMES) | conditions | {"keys": keys}
    kept = {row[0] for row in db.rows("filter_keys", params)}
    return [key for key in keys if key in kept]


_NAMES: Final = (
    *("jobs", "kinds", "projects", "subjects", "parent", "tenant", "statuses"),
    *("step", "health", "quiet_since", "label", "label_value"),
)


def _conditions(filter: Filter) -> dict[str, Any]:
    """What a filter asks for, as the parameters of `filter_keys`."""
    sets = {name: getattr(filter, name) for name in ("jobs", "kinds", "projects", "subjects")}
    asked: dict[str, Any] = {name: sorted(values) for name, values in sets.items() if values}
    facts = {"parent": filter.parent, "tenant": filter.tenant}
    return asked | {name: value for name, value in facts.items() if value is not None}


def _more_conditions(query: JobQuery) -> dict[str, Any]:
    asked: dict[str, Any] = {"step": query.step, "health": query.health, "quiet_since": query.quiet_since}
    if query.statuses:
        asked["statuses"] = sorted(query.statuses)
    if query.label is not None:
        label, value = query.label
        asked |= {"label": label, "label_value": json.dumps(value, separators=(",", ":"), ensure_ascii=False)}
    return {name: value for name, value in asked.items() if value is not None}


def _newest_first(candidate: Candidate) -> tuple[int, str]:
    return candidate[1:]
