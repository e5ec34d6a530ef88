"""The one table that turns errors into HTTP problems (RFC 9457)."""

from __future__ import annotations

from typing import Any

from headway.core.errors import HeadwayError
from headway.http.asgi import NO_STORE, Headers, encode, length

_PREFIX = "urn:headway:problem:"
_RETRY_AFTER_S = 2

PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The body cannot be read"),
    "invalid-cursor": (400, "The cursor is not of this list"),
    "forbidden": (403, "Not allowed"),
    "read-only": (403, "Reading only"),
    "foreign-origin": (403, "Sent by a page of another site"),
    "unknown-job": (404, "There is no such job"),
    "unknown-route": (404, "There is nothing here"),
    "method-not-allowed": (405, "Not with this method"),
    "not-acceptable": (406, "No such representation"),
    "illegal-transition": (409, "The job is not in a state for this"),
    "fenced": (409, "Superseded by a newer attempt"),
    "job-exists": (409, "The id is taken"),
    "batch-gap": (409, "A batch is missing before this one"),
    "too-large": (413, "Too large"),
    "unsupported-media-type": (415, "Not JSON"),
    "foreign-host": (421, "Meant for another host"),
    "invalid": (422, "A value was refused"),
    "unknown-step": (422, "There is no such step"),
    "row-refused": (422, "The store refuses what this would make of the job"),
    "store-unavailable": (503, "The store is away"),
    "store-unusable": (503, "The store cannot be used"),
    "overloaded": (503, "Too many requests"),
}
"""Code of an error: status and title. What is not here is a fault of the server: 500, without details."""


def problem(error: HeadwayError) -> tuple[int, Headers, bytes]:
    """Status, headers and body of the answer to an error."""
    status, title = PROBLEMS.get(error.code, (500, "The server failed"))
    if status == 500:
        return _response(status, {"type": f"{_PREFIX}error", "title": title, "status": status})
    facts = error.fields() | ({} if error.index is None else {"index": error.index})
    detail = {"type": _PREFIX + error.code, "title": title, "status": status, "detail": str(error)}
    return _response(status, facts | detail, _extra(status, error))


def failure() -> tuple[int, Headers, bytes]:
    """The answer to a fault of the server: nothing about its inside is told."""
    return problem(HeadwayError())


def _extra(status: int, error: HeadwayError) -> Headers:
    match status:
        case 405:
            return [(b"allow", str(error.fields().get("allowed", "GET")).encode())]
        case 413:
            return [(b"connection", b"close")]  # what is still on its way is not read
        case 503:
            return [(b"retry-after", b"%d" % _RETRY_AFTER_S)]
    return []


def _response(status: int, content: dict[str, Any], extra: Headers | None = None) -> tuple[int, Headers, bytes]:
    body = encode(content)
    head = (b"content-type", b"application/problem+json")
    return status, [head, length(body), NO_STORE, *(extra or [])], body
