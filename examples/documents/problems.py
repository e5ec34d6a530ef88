"""Owns how a refusal is said over HTTP: problem documents with a stable type, one sentence, and the right status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from examples.documents import errors
from examples.documents.library import UnknownDocument
from examples.documents.pool import LineIsFull
from headway import IllegalTransition, StoreUnavailable

if TYPE_CHECKING:
    from starlette.requests import Request


class Refused(Exception):
    """A request that cannot be taken, with the status, the problem's type and the sentence that say so."""

    def __init__(self, status: int, kind: str, sentence: str) -> None:
        self.status, self.kind = status, kind
        super().__init__(sentence)


_TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.EmptyFile, 422, "empty-file"),
    (errors.NotAPdf, 415, "not-a-pdf"),
    (UnknownDocument, 404, "unknown-document"),
    (IllegalTransition, 409, "not-now"),
    (LineIsFull, 503, "line-is-full"),
    (StoreUnavailable, 503, "store-unavailable"),
)


def problem(status: int, kind: str, sentence: str) -> Response:
    body = {"type": f"/problems/{kind}", "title": kind.replace("-", " "), "status": status, "detail": sentence}
    headers = {"Retry-After": "5"} if status == 503 else {}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


async def answer(_request: Request, error: Exception) -> Response:
    """The answer to any refusal that this app raises on purpose."""
    if isinstance(error, Refused):
        return problem(error.status, error.kind, str(error))
    if isinstance(error, HTTPException):
        return problem(error.status_code, "http", error.detail)
    for known, status, kind in _TABLE:
        if isinstance(error, known):
            return problem(status, kind, str(error))
    raise error


ANSWERED: tuple[type[Exception], ...] = (Refused, HTTPException, *(known for known, _status, _kind in _TABLE))
