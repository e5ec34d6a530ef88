"""Query strings: every parameter is known and has its type, or the request is refused; none is ignored."""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from headway.core import limits
from headway.core.errors import InvalidReport
from headway.core.instant import from_text
from headway.core.job import Status
from headway.http.refusals import InvalidCursor
from headway.stores.protocol import Filter, JobQuery

WAIT_MAX_S = 60.0
PAGE_MAX = 500
JOBS_MAX = 200  # ids in one filter
_PARAMETERS_MAX = 300

_FILTER = frozenset({"job", "kind", "project", "subject", "parent"})
_LIST = _FILTER | {
    "status",
    "step",
    "health",
    "label",
    "created_after",
    "created_before",
    "quiet_since",
    "cursor",
    "limit",
}
_HISTORY = frozenset({"after", "cursor", "limit"})
_EVENTS = frozenset({"cursor", "wait"})

Parameters = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What somebody wants to follow, and from where. `wait_s`: how long a poll may stay open."""

    filter: Filter
    cursor: str | None
    wait_s: float


def watch(query: bytes, headers: dict[bytes, bytes], job_id: str | None = None) -> Watch:
    """Of the event routes. Last-Event-ID, which a reconnecting browser sends, beats `?cursor=`, which its URL keeps."""
    given = _parsed(query, _EVENTS if job_id else _EVENTS | _FILTER)
    last = headers.get(b"last-event-id")
    cursor = _one(given, "cursor") if last is None else last.decode("latin-1")
    filter = Filter(jobs=frozenset({job_id})) if job_id else _filter(given)
    return Watch(filter=filter, cursor=cursor, wait_s=wait(given, headers))


def job_wait(query: bytes, headers: dict[bytes, bytes]) -> float:
    """Of the route of one job: how long to wait for a change."""
    return wait(_parsed(query, frozenset({"wait"})), headers)


def no_parameters(query: bytes) -> None:
    """Of routes that take none."""
    _parsed(query, frozenset())


def wait(given: Parameters, headers: dict[bytes, bytes]) -> float:
    """Seconds from `?wait=` or `Prefer: wait=`; at most a minute."""
    text = _one(given, "wait")
    if text is None:
        return _preferred(headers.get(b"prefer"))
    try:
        seconds = float(text)
    except ValueError:
        raise InvalidReport("wait", "must be a number of seconds") from None
    if not (math.isfinite(seconds) and seconds >= 0):
        raise InvalidReport("wait", "must be a number of seconds, 0 or more")
    return min(seconds, WAIT_MAX_S)


def job_query(query: bytes) -> JobQuery:
    """Of the list of jobs."""
    given = _parsed(query, _LIST)
    statuses = frozenset(given.get("status", ()))
    if unknown := statuses - set(Status):
        raise InvalidReport("status", f"must be one of {', '.join(Status)}, not {min(unknown)!r:.40}")
    health = _one(given, "health")
    if health not in (None, "ok", "lost"):
        raise InvalidReport("health", "must be ok or lost")
    return JobQuery(
        filter=_filter(given),
        statuses=statuses,
        step=_name(given, "step"),
        health=health,
        label=_label(_one(given, "label")),
        created_after=_time(given, "created_after"),
        created_before=_time(given, "created_before"),
        quiet_since=_time(given, "quiet_since"),
        before=_before(_one(given, "cursor")),
        limit=_limit(given, 50),
    )


def history_page(query: bytes) -> tuple[int, int]:
    """Of a history: after which seq, and how many."""
    given = _parsed(query, _HISTORY)
    cursor, after = _one(given, "cursor"), _one(given, "after")
    if cursor is not None and not _is_count(cursor):
        raise InvalidCursor
    if after is not None and not _is_count(after):
        raise InvalidReport("after", "must be a seq, 0 or more")
    return int(cursor or after or 0), _limit(given, 100)


def list_cursor(created_at: int, job_id: str) -> str:
    """The end of a page of jobs, for the next one."""
    return base64.urlsafe_b64encode(json.dumps([created_at, job_id]).encode()).decode().rstrip("=")


def _parsed(query: bytes, known: frozenset[str]) -> Parameters:
    given: Parameters = {}
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS_MAX
        )
    except ValueError:  # also when it is not text
        raise InvalidReport("query", "cannot be read, or has too many parameters") from None
    for name, value in pairs:
        if name not in known:
            raise InvalidReport(
                "query", f"{name!r:.40} is not a parameter here; use {', '.join(sorted(known)) or 'none'}"
            )
        given.setdefault(name, []).append(value)
    return given


def _filter(given: Parameters) -> Filter:
    jobs = given.get("job", [])
    if len(jobs) > JOBS_MAX:
        raise InvalidReport("job", f"may come at most {JOBS_MAX} times")
    parent = _one(given, "parent")
    return Filter(
        jobs=frozenset(_job_id("job", job) for job in jobs),
        kinds=frozenset(limits.name("kind", kind) for kind in given.get("kind", ())),
        projects=_facts(given, "project"),
        subjects=_facts(given, "subject"),
        parent=None if parent is None else _job_id("parent", parent),
    )


def _facts(given: Parameters, field: str) -> frozenset[str]:
    return frozenset(limits.name(field, value, limits.FACT_MAX) for value in given.get(field, ()))


def _job_id(field: str, text: str) -> str:
    try:
        return limits.job_id(text)
    except InvalidReport as error:
        raise InvalidReport(field, error.reason) from None


def _one(given: Parameters, name: str) -> str | None:
    values = given.get(name)
    if values is None:
        return None
    if len(values) > 1:
        raise InvalidReport(name, "may come once only")
    return values[0]


def _name(given: Parameters, name: str) -> str | None:
    text = _one(given, name)
    return None if text is None else limits.name(name, text)


def _time(given: Parameters, name: str) -> int | None:
    text = _one(given, name)
    # A plus sign that nobody escaped arrives as a space, and no such time has one.
    return None if text is None else from_text(name, text.replace(" ", "+"))


def _label(text: str | None) -> tuple[str, Any] | None:
    """`name:value`; a value that is JSON, such as a number, means that value."""
    if text is None:
        return None
    name, colon, value = text.partition(":")
    if not colon:
        raise InvalidReport("label", "must be name:value")
    return limits.name("label", name), _scalar(limits.text("label", value, limits.FACT_MAX) or "")


def _scalar(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str | bool | int) else text


def _limit(given: Parameters, default: int) -> int:
    text = _one(given, "limit")
    if text is None:
        return default
    if not _is_count(text) or not 1 <= int(text) <= PAGE_MAX:
        raise InvalidReport("limit", f"must be from 1 to {PAGE_MAX}")
    return int(text)


def _before(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    try:
        created_at, job_id = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        checked = limits.count("cursor", created_at), limits.job_id(job_id)
    except (ValueError, TypeError, RecursionError, binascii.Error, InvalidReport):
        raise InvalidCursor from None
    return checked


def _preferred(header: bytes | None) -> float:
    """`Prefer: wait=10` (RFC 7240); a preference that cannot be read is not one."""
    for preference in (header or b"").split(b","):
        name, _, value = preference.partition(b"=")
        if name.strip().lower() == b"wait" and _is_count(text := value.strip().strip(b'"').decode("latin-1")):
            return min(float(text), WAIT_MAX_S)
    return 0.0


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
