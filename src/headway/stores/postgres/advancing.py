"""The most frequent commit, and what it takes to write it without arrays: one job, one more event, perhaps one step."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Final

from headway.core.job import Job
from headway.stores import codec
from headway.stores.protocol import Commit

_MOVING: Final = (
    *("step", "message", "current", "total", "unit", "permille", "updated_at", "last_progress_at"),
    *("version", "event_version", "seq"),
)
_moving = itemgetter(*_MOVING)
_others = itemgetter(*(name for name in codec.STATE_FIELDS if name not in _MOVING))
_STEP: Final = tuple(f"step_{name}" for name in codec.STEP_FIELDS)
_ENTRY: Final = tuple(f"entry_{name}" for name in codec.EVENT_FIELDS)
_NO_STEP: Final = dict.fromkeys(_STEP)
_NO_MARK: Final = dict.fromkeys(("mark_seq", "mark_attempt", "mark_producer"))


def advance(commit: Commit, key: int) -> dict[str, Any] | None:
    """Parameters of `advance_job`; None for a commit that is more, or less, than it writes."""
    before, after, events, changed, marks = commit
    if before is None or len(events) != 1 or len(changed) > 1 or len(marks) > 1:
        return None
    if events[0].version != after.version or not changed <= before.steps.keys():
        return None
    was, now = before.__dict__, after.__dict__
    if _others(was) != _others(now):
        return None
    params: dict[str, Any] = dict(zip(_MOVING, _moving(now), strict=True))
    params |= {"key": key, "id": before.id, "was_version": was["version"], "attempt": was["attempt"]}
    params |= dict(zip(_ENTRY, codec.event_values(events[0]), strict=True))
    return params | _step(after, changed) | _mark(commit)


def _step(after: Job, changed: frozenset[str]) -> dict[str, Any]:
    for name in changed:
        return dict(zip(_STEP, codec.step_values(after.steps[name]), strict=True))
    return _NO_STEP


def _mark(commit: Commit) -> dict[str, Any]:
    for producer, seq, attempt, _ in commit.marks:
        return {"mark_seq": seq, "mark_attempt": attempt, "mark_producer": producer}
    return _NO_MARK
