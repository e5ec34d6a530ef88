"""Jobs, steps and events as the plain values that databases keep, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NoReturn

from headway.core.changes import Event
from headway.core.job import Facts, Job, Mode, Status, Step, StepStatus
from headway.core.record import made
from headway.stores.protocol import BatchMark, StoredEvent

NO_CHECKPOINT = "0"  # of a store without an event

FACT_FIELDS = (
    "id",
    "kind",
    "created_at",
    "project",
    "tenant",
    "subject",
    "external_id",
    "labels",
    "parent_id",
    "parent_step",
)
STATE_FIELDS = (
    "mode",
    "open",
    "status",
    "reason",
    "health",
    "attempt",
    "permille",
    "plan_rev",
    "step",
    "message",
    "current",
    "total",
    "unit",
    "result",
    "error",
    "started_at",
    "attempt_started_at",
    "finished_at",
    "updated_at",
    "last_progress_at",
    "cancel_requested_at",
    "due_at",
    "keep_steps",
    "version",
    "event_version",
    "seq",
)
STEP_FIELDS = Step._fields
EVENT_FIELDS = ("seq", "version", "type", "attempt", "at", "recorded_at", "step", "message", "detail", "patch")

_MODES = {mode.value: mode for mode in Mode}
_STATUSES = {status.value: status for status in Status}
_STEP_STATUSES = {status.value: status for status in StepStatus}

_facts = itemgetter(*FACT_FIELDS)
_state = itemgetter(*STATE_FIELDS)
_step = itemgetter(*STEP_FIELDS)
_event = itemgetter(*EVENT_FIELDS[:-2])
_LABELS = FACT_FIELDS.index("labels")
_RESULT = STATE_FIELDS.index("result")


def _compact() -> Callable[[Any], str]:
    """JSON without blanks. The encoder in C is kept: the one in `json` makes itself anew for each document."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
    pieces = make(None, _refused, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(pieces(value, 0))


def _refused(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is not JSON")


_dumps = _compact()


def fact_values(facts: Facts) -> tuple[Any, ...]:
    """Values of FACT_FIELDS."""
    values: tuple[Any, ...] = _facts(facts.__dict__)
    return (*values[:_LABELS], _dumps(facts.labels), *values[_LABELS + 1 :])


def state_values(job: Job) -> tuple[Any, ...]:
    """Values of STATE_FIELDS."""
    values: tuple[Any, ...] = _state(job.__dict__)
    if job.result is None:
        return values
    return (*values[:_RESULT], _dumps(job.result), *values[_RESULT + 1 :])


def step_values(step: Step) -> tuple[Any, ...]:
    """Values of STEP_FIELDS."""
    values: tuple[Any, ...] = _step(step.__dict__)
    return values


def event_values(event: Event) -> tuple[Any, ...]:
    """Values of EVENT_FIELDS; what changed is one JSON text."""
    detail, job, steps = event.detail, event.job, event.steps
    return (
        *_event(event.__dict__),
        None if detail is None else _dumps(detail),
        _dumps({"job": job, "steps": steps} if steps else {"job": job}),
    )


def checkpoint_of(stored: StoredEvent) -> str:
    """What `Store.checkpoint` answers at this event's position: cursors carry it, so every store makes it this way."""
    text = f"{stored.position}:{stored.job_id}:{stored.event.seq}:{stored.event.recorded_at}"
    return hashlib.blake2s(text.encode(), digest_size=5).hexdigest()


def by_job(rows: Iterable[Sequence[Any]]) -> dict[str, list[BatchMark]]:
    """Rows of `list_producers`, in order of their jobs."""
    found: dict[str, list[BatchMark]] = {}
    for job_id, *mark in rows:
        found.setdefault(job_id, []).append(BatchMark(*mark))
    return found


def to_job(values: Sequence[Any], steps: Iterable[Step]) -> Job:
    """A job from values of FACT_FIELDS and then STATE_FIELDS, and its steps in order of position."""
    facts = dict(zip(FACT_FIELDS, values, strict=False))
    facts["labels"] = {} if facts["labels"] == "{}" else json.loads(facts["labels"])
    state = dict(zip(STATE_FIELDS, values[len(FACT_FIELDS) :], strict=True))
    state["mode"], state["status"] = _MODES[state["mode"]], _STATUSES[state["status"]]
    state["open"], state["keep_steps"] = bool(state["open"]), bool(state["keep_steps"])
    if state["result"] is not None:
        state["result"] = json.loads(state["result"])
    state["facts"], state["steps"] = made(Facts, facts), {step.name: step for step in steps}
    return made(Job, state)


def to_step(values: Sequence[Any]) -> Step:
    """A step from values of STEP_FIELDS."""
    fields = dict(zip(STEP_FIELDS, values, strict=True))
    fields["status"] = _STEP_STATUSES[fields["status"]]
    return made(Step, fields)


def to_event(values: Sequence[Any]) -> Event:
    """An event from values of EVENT_FIELDS."""
    fields = dict(zip(EVENT_FIELDS, values, strict=True))
    patch = json.loads(fields.pop("patch"))
    if fields["detail"] is not None:
        fields["detail"] = json.loads(fields["detail"])
    fields["job"], fields["steps"] = _typed_job(patch["job"]), _typed_steps(patch.get("steps", {}))
    return made(Event, fields)


def _typed_job(values: dict[str, Any]) -> dict[str, Any]:
    if "status" in values:
        values["status"] = _STATUSES[values["status"]]
    if "mode" in values:
        values["mode"] = _MODES[values["mode"]]
    return values


def _typed_steps(steps: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for values in steps.values():
        if "status" in values:
            values["status"] = _STEP_STATUSES[values["status"]]
    return steps
