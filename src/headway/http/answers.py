"""What the server sends, as JSON Schema: jobs, steps, events, pages and problems."""

from __future__ import annotations

from headway.core.job import Status, StepStatus
from headway.http.shapes import (
    ANYTHING,
    COUNT,
    CURSOR,
    ERROR,
    FACT,
    FLAG,
    FROM_ONE,
    JOB_ID,
    NAME,
    PERCENT,
    TEXT,
    TIME,
    Schema,
    many,
    maybe,
    one_of,
    record,
    ref,
)
from headway.hub.cursor import ResetReason

_PROGRESS = record(
    {"current": COUNT, "total": maybe(COUNT), "unit": maybe(NAME), "percent": PERCENT, "plan_rev": FROM_ONE},
    description="`total` and `percent` are null while they cannot be known: that is not 0 %.",
)

_STEP_FIELDS: dict[str, Schema] = {
    "name": NAME,
    "group": NAME,
    "position": FROM_ONE,
    "weight": {"type": "number", "exclusiveMinimum": 0},
    "status": one_of(StepStatus),
    "attempt": COUNT,
    "current": COUNT,
    "total": maybe(COUNT),
    "unit": maybe(NAME),
    "percent": PERCENT,
    "message": maybe(TEXT),
    "error": maybe(ERROR),
    "started_at": maybe(TIME),
    "finished_at": maybe(TIME),
}

_ETA = record(
    {
        "at": maybe(TIME),
        "low": maybe(TIME),
        "high": maybe(TIME),
        "basis": one_of(["history", "rate", "none"]),
        "n": COUNT,
    },
    description="When the job will end, with an 80 % interval; times are absolute.",
)

_JOB_FIELDS: dict[str, Schema] = {
    "id": JOB_ID,
    "kind": NAME,
    "status": one_of(Status),
    "reason": maybe(NAME),
    "health": one_of(["ok", "slow", "stalled", "lost"]),
    "attempt": COUNT,
    "project": maybe(FACT),
    "tenant": maybe(FACT),
    "subject": maybe(FACT),
    "external_id": maybe(FACT),
    "labels": {"type": "object"},
    "parent_id": maybe(JOB_ID),
    "progress": ref("Progress"),
    "step": maybe(NAME),
    "last_step": maybe(NAME),
    "message": maybe(TEXT),
    "result": ANYTHING,
    "error": maybe(ERROR),
    "eta": maybe(ref("Eta")),
    "created_at": TIME,
    "started_at": maybe(TIME),
    "finished_at": maybe(TIME),
    "updated_at": TIME,
    "last_progress_at": maybe(TIME),
    "cancel_requested_at": maybe(TIME),
    "due_at": maybe(TIME),
    "version": FROM_ONE,
    "seq": FROM_ONE,
    "steps": many(ref("Step")),
}

_PARTIAL_STEP = record(_STEP_FIELDS, optional=set(_STEP_FIELDS) - {"name"}, description="The fields that changed.")

_HEADER = record(
    {**_JOB_FIELDS, "percent": PERCENT, "steps": many(ref("PartialStep"))},
    optional=set(_JOB_FIELDS) - {"status", "step", "message", "version", "seq", "updated_at", "progress"},
    description="What an event makes of its job: apply it to a copy of the job with a lower version.",
)

_EVENT = record(
    {
        "job_id": JOB_ID,
        "seq": FROM_ONE,
        "type": NAME,
        "attempt": COUNT,
        "step": maybe(NAME),
        "message": maybe(TEXT),
        "detail": ANYTHING,
        "at": TIME,
        "recorded_at": TIME,
        "job": ref("Header"),
    },
    description="An entry of a job's history. `seq` counts 1, 2, 3… for each job.",
)

_ACK = record(
    {
        "job_id": JOB_ID,
        "attempt": FROM_ONE,
        "version": FROM_ONE,
        "seq": FROM_ONE,
        "status": one_of(Status),
        "cancel_requested": FLAG,
        "outcome": one_of(["stored", "spooled"]),
    }
)

_ATTACHED = record(
    {
        "job_id": JOB_ID,
        "kind": NAME,
        "attempt": FROM_ONE,
        "producer": NAME,
        "lease": NAME,
        "version": FROM_ONE,
        "began": {**FLAG, "description": "This call started the attempt; otherwise it joined a running one."},
        "cancel_requested": FLAG,
    }
)

_ITEM: Schema = {
    "oneOf": [
        record({"event": {"const": "snapshot"}, "data": ref("Job")}),
        record({"event": {"const": "event"}, "data": ref("Event")}),
        record({"event": {"const": "state"}, "data": ref("Job")}),
        record({"event": {"const": "reset"}, "data": record({"reason": one_of(ResetReason)})}),
    ],
    "description": "The same as a frame of a stream: its event and its data.",
}

_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `type` is stable; other members depend on it, such as `field`, `reason` and `index`.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "reason": {"type": "string"},
        "index": {**COUNT, "description": "Which item of a batch was refused."},
    },
    "required": ["type", "title", "status"],
}

_HEALTH = record({"status": one_of(["ok", "unready"]), "parts": {"type": "object"}}, optional={"parts"})


def page(items: str) -> Schema:
    """A page of a list."""
    return record({"items": many(ref(items)), "next_cursor": maybe(CURSOR)})


ANSWERS: dict[str, Schema] = {
    "Progress": _PROGRESS,
    "Step": record(_STEP_FIELDS),
    "Eta": _ETA,
    "Job": record(_JOB_FIELDS),
    "PartialStep": _PARTIAL_STEP,
    "Header": _HEADER,
    "Event": _EVENT,
    "Ack": _ACK,
    "Attached": _ATTACHED,
    "Item": _ITEM,
    "Jobs": page("Job"),
    "History": page("Event"),
    "Items": page("Item"),
    "Health": _HEALTH,
    "Problem": _PROBLEM,
}
