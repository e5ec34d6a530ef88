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
EXTENSION_FIELDS: Final = (
    *("key", "was_version", "attempt", *_MOVING[:-1], "last_producer", "last_attempt", "last_batch"),
    *("entry_type", "entry_attempt", "entry_at", "entry_recorded_at", "entry_step", "entry_message", "entry_detail"),
    "entry_patch",
)
STEP_FIELDS: Final = (
    *("job", "position", "low", "high", "status", "attempt", "current", "total", "unit", "permille", "message"),
    *("error", "started_at", "finished_at", "version"),
)
_moving = itemgetter(*_MOVING)
_extending = itemgetter(*_MOVING[:-1])
_others = itemgetter(*(name for name in codec.STATE_FIELDS if name not in (*_MOVING, "seq")))
_step = itemgetter(*STEP_FIELDS[1:])
_ALONE: Final = ("seq", "id", *EXTENSION_FIELDS)
_WITH_STEP: Final = (*_ALONE, *(f"step_{name}" for name in STEP_FIELDS[1:]))
_NO_BATCH: Final = (None, None, None)


def advances(commit: Commit, last: BatchMark | None) -> bool:
    """Whether a commit changes nothing but progress, and its batch is the next one of the producer of the `last`."""
    before, after, _, changed, marks = commit
    if before is None or after.version == before.version or _others(before.__dict__) != _others(after.__dict__):
        return False
    if marks and (len(marks) > 1 or last is None or marks[0] != last._replace(seq=last.seq + 1)):
        return False
    return changed <= before.steps.keys()


def extends(commit: Commit) -> bool:
    """Whether a commit that advances a job is one event and nothing else."""
    return not commit.steps and len(commit.events) == 1 and commit.events[0].version == commit.after.version


def extension(key: int, commit: Commit) -> tuple[Any, ...]:
    """Values of EXTENSION_FIELDS."""
    before, after, events, _, marks = commit
    assert before is not None
    state = after.__dict__
    batch = (marks[0].producer, marks[0].attempt, marks[0].seq) if marks else _NO_BATCH
    return (key, before.version, state["attempt"], *_extending(state), *batch, *codec.event_values(events[0])[2:])


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


def alone(key: int, commit: Commit) -> tuple[str, tuple[str, ...], tuple[Any, ...]] | None:
    """The statement for one event and at most one step, its fields and their values; None for any other commit."""
    _, after, events, changed, _ = commit
    if len(events) != 1 or len(changed) > 1 or events[0].version != after.version:
        return None
    values = (after.seq, after.facts.id, *extension(key, commit))
    for step in step_rows(key, commit):
        return "advance_step", _WITH_STEP, (*values, *step[1:])
    return "advance_job", _ALONE, values
