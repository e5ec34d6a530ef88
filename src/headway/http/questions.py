"""What clients send, as JSON Schema: bodies and parameters."""

from __future__ import annotations

from typing import Any

from headway.core import limits
from headway.core.job import FAIL_REASONS, WAIT_REASONS, Status
from headway.http.orders import ITEMS_MAX
from headway.http.query import JOBS_MAX, PAGE_MAX
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
    TEXT,
    TIME,
    Schema,
    many,
    maybe,
    one_of,
    record,
    ref,
)

_WEIGHT: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1e9}
_BOUND: Schema = {"type": "number", "minimum": 0, "maximum": 100}
_STEPS = many(ref("StepOrder"), maxItems=limits.STEPS_MAX)
_ERROR: Schema = {**ERROR, "minLength": 1}

_STEP: Schema = {
    "description": "A name, [name, weight], [name, low, high], or an object. All steps have a range, or none has.",
    "oneOf": [
        NAME,
        {"type": "array", "prefixItems": [NAME, _WEIGHT], "minItems": 2, "maxItems": 2},
        {"type": "array", "prefixItems": [NAME, _BOUND, _BOUND], "minItems": 3, "maxItems": 3},
        record(
            {"name": NAME, "weight": _WEIGHT, "low": _BOUND, "high": _BOUND, "group": NAME},
            optional={"weight", "low", "high", "group"},
            dependentRequired={"low": ["high"], "high": ["low"]},
        ),
    ],
}

_JOB = record(
    {
        "kind": NAME,
        "id": maybe(JOB_ID),
        "steps": maybe(_STEPS),
        "plan": maybe(record({"steps": _STEPS, "open": maybe(FLAG)}, optional={"steps", "open"})),
        "project": maybe(FACT),
        "subject": maybe(FACT),
        "external_id": maybe(FACT),
        "labels": maybe({"type": "object", "propertyNames": NAME}),
        "parent_id": maybe(JOB_ID),
        "parent_step": maybe(NAME),
    },
    optional={"id", "steps", "plan", "project", "subject", "external_id", "labels", "parent_id", "parent_step"},
)

_ITEMS: dict[str, tuple[dict[str, Schema], set[str]]] = {
    "start_step": ({"step": NAME, "message": TEXT, "detail": ANYTHING}, {"message", "detail"}),
    "advance": ({"step": NAME, "delta": COUNT}, {"step"}),
    "update": (
        {"step": NAME, "current": COUNT, "total": COUNT, "unit": NAME, "message": TEXT},
        {"step", "current", "total", "unit", "message"},
    ),
    "finish_step": ({"step": NAME, "message": TEXT, "detail": ANYTHING}, {"message", "detail"}),
    "fail_step": ({"step": NAME, "error": _ERROR, "detail": ANYTHING}, {"detail"}),
    "skip_step": ({"step": NAME, "message": TEXT, "detail": ANYTHING}, {"message", "detail"}),
    "add_steps": ({"steps": _STEPS}, set()),
    "note": ({"message": TEXT, "detail": ANYTHING}, {"detail"}),
    "wait": (
        {"reason": one_of(WAIT_REASONS), "until": TIME, "keep_steps": FLAG, "error": ERROR},
        {"until", "keep_steps", "error"},
    ),
    "succeed": ({"result": ANYTHING}, {"result"}),
    "fail": ({"error": _ERROR, "reason": one_of(FAIL_REASONS), "detail": ANYTHING}, {"reason", "detail"}),
    "cancelled": ({}, set()),
}


def _item(type: str, fields: dict[str, Schema], optional: set[str]) -> Schema:
    return record({"type": {"const": type}, **fields, "at": TIME}, optional={*optional, "at"})


QUESTIONS: dict[str, Schema] = {
    "StepOrder": _STEP,
    "JobOrder": _JOB,
    "AttachOrder": record({"producer": maybe(NAME), "takeover": FLAG}, optional={"producer", "takeover"}),
    "Report": {"oneOf": [_item(type, *rest) for type, rest in _ITEMS.items()]},
    "ReportOrder": record(
        {
            "attempt": FROM_ONE,
            "producer": NAME,
            "producer_seq": {**FROM_ONE, "description": "Counts the batches of this producer on this attempt."},
            "items": many(ref("Report"), maxItems=ITEMS_MAX),
            "lease": maybe(NAME),
        },
        optional={"items", "lease"},
    ),
    "CancelOrder": record({}),
    "RetryOrder": record({"keep_steps": FLAG}, optional={"keep_steps"}),
}


def _query(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _header(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "header", "schema": schema, "description": description}


_WAIT: Schema = {"type": "number", "minimum": 0}
_PREFER = _header("Prefer", {"type": "string"}, "`wait=10` is the same as `?wait=10` (RFC 7240).")

ID: Schema = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "A job's id."}
KEY = _header(
    "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 255}, "Creating twice is creating once."
)
IF_NONE_MATCH = _header("If-None-Match", {"type": "string"}, "The ETag that the client has.")

FILTER: list[Schema] = [
    _query("job", many(JOB_ID, maxItems=JOBS_MAX), "Only these jobs."),
    _query("kind", many(NAME), "Only jobs of these kinds."),
    _query("project", many(FACT), "Only jobs of these projects."),
    _query("subject", many(FACT), "Only jobs about these subjects."),
    _query("parent", JOB_ID, "Only children of this job."),
]
WAITING: list[Schema] = [_query("wait", _WAIT, "Seconds to wait for a change; at most a minute is waited."), _PREFER]
WATCHING: list[Schema] = [
    _query("cursor", {"type": "string"}, "Go on from here. One that cannot be trusted leads to a `reset`."),
    _header("Last-Event-ID", {"type": "string"}, "The same; what a browser sends when it reconnects. Beats `cursor`."),
    *WAITING,
]
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": PAGE_MAX}
PAGING: list[Schema] = [
    _query("cursor", CURSOR, "`next_cursor` of the page before."),
    _query("limit", _LIMIT, "Items."),
]
LISTING: list[Schema] = [
    *FILTER,
    _query("status", many(one_of(Status)), "Only jobs in these states."),
    _query("step", NAME, "Only jobs whose current step is this."),
    _query("health", one_of(["ok", "lost"]), "Only jobs with this verdict."),
    _query("label", {"type": "string", "pattern": r"^[^:\s]+:[^\u0000]*$"}, "Only jobs with this label: `name:value`."),
    _query("created_after", TIME, "Only jobs created after this time."),
    _query("created_before", TIME, "Only jobs created before this time."),
    _query("quiet_since", TIME, "Only running jobs without progress since this time."),
    *PAGING,
]
HISTORY: list[Schema] = [_query("after", COUNT, "Events with a greater seq only."), *PAGING]


def body(component: str) -> dict[str, Any]:
    """A request body that must be there."""
    return {"required": True, "content": {"application/json": {"schema": ref(component)}}}
