"""Which commits only advance a job, as nearly all do, and the rows that these are: few columns, none in an index."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Final

from headway.stores import codec
from headway.stores.protocol import BatchMark, Commit

_MOVING: Final = (
    *("step", "message", "current", "total", "unit", "permille", "updated_at", "last_progress_at"),
    *("version", "event_version"),
)
FIELDS: Final = (
    *("key", "was_version", "attempt", *_MOVING, "events", "last_event", "ticked"),
    *("last_producer", "last_attempt", "last_batch"),
)
STEP_FIELDS: Final = (
    *("job", "position", "low", "high", "status", "attempt", "current", "total", "unit", "permille", "message"),
    *("error", "started_at", "finished_at", "version"),
)
_moving = itemgetter(*_MOVING)
_others = itemgetter(*(name for name in codec.STATE_FIELDS if name not in (*_MOVING, "seq")))
_step = itemgetter(*STEP_FIELDS[1:])
_STEP: Final = tuple(f"step_{name}" for name in STEP_FIELDS[1:])
_ENTRY: Final = tuple(f"entry_{name}" for name in codec.EVENT_FIELDS if name not in ("seq", "version"))
_NO_BATCH: Final = (None, None, None)


def advances(commit: Commit, last: BatchMark | None) -> bool:
    """Whether a commit changes nothing but progress, and its batch is the next one of the producer of the `last`."""
    before, after, _, changed, marks = commit
    if before is None or after.version == before.version or _others(before.__dict__) != _others(after.__dict__):
        return False
    if marks and (len(marks) > 1 or last is None or marks[0] != last._replace(seq=last.seq + 1)):
        return False
    return changed <= before.steps.keys()


def row(key: int, commit: Commit, last_event: int | None, ticked: int | None) -> tuple[Any, ...]:
    """Values of FIELDS."""
    before, after, events, _, marks = commit
    assert before is not None
    batch = (marks[0].producer, marks[0].attempt, marks[0].seq) if marks else _NO_BATCH
    state = _moving(after.__dict__)
    return (key, before.version, after.attempt, *state, len(events), last_event, ticked, *batch)


def step_rows(key: int, commit: Commit) -> list[tuple[Any, ...]]:
    """Values of STEP_FIELDS for each step that changed."""
    return [(key, *_step(commit.after.steps[name].__dict__)) for name in commit.steps]


def alone(key: int, commit: Commit) -> tuple[str, dict[str, Any]] | None:
    """The statement for one event and at most one step, and its parameters; None for any other commit."""
    _, after, events, changed, _ = commit
    if len(events) != 1 or len(changed) > 1 or events[0].version != after.version:
        return None
    params = dict(zip(FIELDS, row(key, commit, None, None), strict=True))
    params |= zip(_ENTRY, codec.event_values(events[0])[2:], strict=True)
    params |= {"seq": after.seq, "id": after.id}
    for step in step_rows(key, commit):
        return "advance_step", params | dict(zip(_STEP, step[1:], strict=True))
    return "advance_job", params
