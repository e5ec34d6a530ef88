"""Jobs, steps and events as the plain values that databases keep, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NoReturn

from headway.core.changes import Event
from headway.core.job import Facts, Job, Mode, Status, Step, StepStatus
from headway.stores.protocol import StoredEvent

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

_facts = itemgetter(*FACT_FIELDS)
_state = itemgetter(*STATE_FIELDS)
_step = itemgetter(*STEP_FIELDS)
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
    return (
        event.seq,
        event.version,
        event.type,
        event.attempt,
        event.at,
        event.recorded_at,
        event.step,
        event.message,
        None if event.detail is None else _dumps(event.detail),
        _dumps({"job": event.job, "steps": event.steps} if event.steps else {"job": event.job}),
    )


def checkpoint_of(stored: StoredEvent) -> str:
    """What `Store.checkpoint` answers at this event's position: cursors carry it, so every store makes it this way."""
    text = f"{stored.position}:{stored.job_id}:{stored.event.seq}:{stored.event.recorded_at}"
    return hashlib.blake2s(text.encode(), digest_size=5).hexdigest()


def to_job(row: Mapping[str, Any], steps: Iterable[Step]) -> Job:
    """A job from a row with FACT_FIELDS and STATE_FIELDS, and its steps in order of position."""
    facts = {name: row[name] for name in FACT_FIELDS}
    facts["labels"] = json.loads(facts["labels"])
    state = {name: row[name] for name in STATE_FIELDS}
    result = state["result"]
    return Job(
        **state
        | {
            "facts": Facts(**facts),
            "mode": Mode(state["mode"]),
            "open": bool(state["open"]),
            "status": Status(state["status"]),
            "keep_steps": bool(state["keep_steps"]),
            "result": None if result is None else json.loads(result),
            "steps": {step.name: step for step in steps},
        }
    )


def to_step(row: Mapping[str, Any]) -> Step:
    """A step from a row with STEP_FIELDS."""
    values = {name: row[name] for name in STEP_FIELDS}
    return Step(**values | {"status": StepStatus(values["status"])})


def to_event(row: Mapping[str, Any]) -> Event:
    """An event from a row with EVENT_FIELDS."""
    values = {name: row[name] for name in EVENT_FIELDS if name != "patch"}
    patch = json.loads(row["patch"])
    if values["detail"] is not None:
        values["detail"] = json.loads(values["detail"])
    return Event(**values, job=_typed_job(patch["job"]), steps=_typed_steps(patch.get("steps", {})))


def _typed_job(values: dict[str, Any]) -> dict[str, Any]:
    if "status" in values:
        values["status"] = Status(values["status"])
    if "mode" in values:
        values["mode"] = Mode(values["mode"])
    return values


def _typed_steps(steps: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for values in steps.values():
        if "status" in values:
            values["status"] = StepStatus(values["status"])
    return steps
