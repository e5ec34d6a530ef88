"""What values a report may carry: lengths, ranges, and the sentence that refuses the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from headway.core.errors import InvalidReport

NAME_MAX = 100  # kind, step, group, unit
FACT_MAX = 200  # project, tenant, subject, external_id
MESSAGE_MAX = 2_000  # message of a job, a step or an event
ERROR_MAX = 4_000  # error of a job or a step
JSON_MAX = 65_536  # result, detail: bytes of JSON
LABELS_MAX = 4_096  # labels: bytes of JSON
JSON_DEPTH_MAX = 32
STEPS_MAX = 2_000  # steps of one job
COUNT_MAX = 2**53 - 1  # the largest whole number that every JSON reader keeps exactly

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # NUL as JSON escapes it, not a backslash that stands before u0000


def name(field: str, value: object, limit: int = NAME_MAX) -> str:
    """A short text on one line that is not blank: kind, step, group, unit, and facts with their own `limit`."""
    if not isinstance(value, str):
        raise InvalidReport(field, f"must be text, not {type(value).__name__}")
    if not value.strip():
        raise InvalidReport(field, "must not be blank")
    if _CONTROL.search(value):
        raise InvalidReport(field, "must not contain control characters")
    return _bounded(field, value, limit)


def fact(field: str, value: object) -> str | None:
    """An optional fact that never changes: project, tenant, subject, external_id."""
    return None if value is None else name(field, value, FACT_MAX)


def text(field: str, value: object, limit: int = MESSAGE_MAX) -> str | None:
    """Free text of people and programs; NUL is replaced because PostgreSQL cannot hold it, all else stays."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidReport(field, f"must be text, not {type(value).__name__}")
    return _bounded(field, value.replace("\x00", "\ufffd"), limit)


def captured(value: str, limit: int = ERROR_MAX) -> str:
    """Text that nobody chose (an exception, a log line), made to fit: cut at `limit`, NUL and surrogates replaced."""
    clean = _SURROGATE.sub("\ufffd", value[: limit + 1].replace("\x00", "\ufffd"))
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def count(field: str, value: object) -> int:
    """A whole number from 0 to 2⁵³ - 1."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidReport(field, f"must be a whole number, not {shown(value)}")
    if value < 0:
        raise InvalidReport(field, f"must not be negative, got {shown(value)}")
    if value > COUNT_MAX:
        raise InvalidReport(field, f"must be at most {COUNT_MAX}")
    return value


def moment(field: str, value: object) -> int:
    """A time in microseconds since 1970, as far as every JSON reader keeps it exactly."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= COUNT_MAX:
        raise InvalidReport(field, f"must be a time between 1970 and 2255, not {shown(value)}")
    return value


def document(field: str, value: object, limit: int = JSON_MAX) -> Any:
    """Any JSON value of at most `limit` bytes and 32 levels; NaN and infinities are refused."""
    if value is None or value is True or value is False:
        return value
    try:
        encoded = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidReport(field, f"must be JSON: {error!s:.200}") from None
    if len(encoded.encode("utf-8", "replace")) > limit:
        raise InvalidReport(field, f"must be at most {limit} bytes of JSON")
    if _SURROGATE.search(encoded):
        raise InvalidReport(field, "must be text that UTF-8 can hold")
    if not _nested_within(value, JSON_DEPTH_MAX):
        raise InvalidReport(field, f"must be nested at most {JSON_DEPTH_MAX} levels deep")
    return json.loads(_NUL.sub("\\1\ufffd", encoded))


def labels(value: object) -> dict[str, Any]:
    """A small JSON object; its keys are names."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidReport("labels", f"must be an object, not {type(value).__name__}")
    for key in value:
        name("labels", key)
    checked: dict[str, Any] = document("labels", dict(value), LABELS_MAX)
    return checked


def job_id(value: object, field: str = "id") -> str:
    """A UUID as text; upper case is folded."""
    folded = value.lower() if isinstance(value, str) else ""
    if not _UUID.match(folded):
        raise InvalidReport(field, f"must be a UUID as text, not {shown(value)}")
    return folded


def shown(value: object) -> str:
    """A refused value for a message: short, and never the cause of an error of its own."""
    try:
        return f"{value!r:.40}"
    except ValueError:  # Python prints no whole number of more than 4300 digits
        return "a number of thousands of digits"


def _bounded(field: str, value: str, limit: int) -> str:
    if len(value) > limit:
        raise InvalidReport(field, f"must be at most {limit} characters, got {len(value)}")
    if not value.isascii() and _SURROGATE.search(value):
        raise InvalidReport(field, "must be text that UTF-8 can hold")
    return value


def _nested_within(value: object, levels: int) -> bool:
    """Whether lists and objects are no deeper than this; looks no deeper itself."""
    if not isinstance(value, dict | list | tuple):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_nested_within(each, levels - 1) for each in inner)
