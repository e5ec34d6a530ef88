"""The words in which JSON Schema describes what Headway sends and takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from headway.core import limits

Schema = dict[str, Any]

_PRINTABLE = r"[^\u0000-\u001f\u007f]"

COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": limits.COUNT_MAX}
FROM_ONE: Schema = {"type": "integer", "minimum": 1, "maximum": limits.COUNT_MAX}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
JOB_ID: Schema = {"type": "string", "format": "uuid"}
TEXT: Schema = {"type": "string", "maxLength": limits.MESSAGE_MAX}
ERROR: Schema = {"type": "string", "maxLength": limits.ERROR_MAX}
ANYTHING: Schema = {"description": f"Any JSON of at most {limits.JSON_MAX} bytes."}
PERCENT: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 100}


def name(limit: int = limits.NAME_MAX) -> Schema:
    """A text on one line that is not blank."""
    return {"type": "string", "minLength": 1, "maxLength": limit, "pattern": rf"^{_PRINTABLE}*\S{_PRINTABLE}*$"}


NAME = name()
FACT = name(limits.FACT_MAX)
CURSOR: Schema = {"type": "string", "maxLength": 128, "pattern": r"^[0-9A-Za-z._-]+$"}


def ref(component: str) -> Schema:
    return {"$ref": f"#/components/schemas/{component}"}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}


def many(schema: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": schema, **more}


def record(properties: dict[str, Schema], *, optional: Collection[str] = (), **more: Any) -> Schema:
    """An object with these fields and no others."""
    required = [field for field in properties if field not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}
