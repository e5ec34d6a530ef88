"""Owns how a refusal is said over HTTP: problem documents with a stable type, one sentence, and the right status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    Answer = Callable[[Request, Exception], Awaitable[Response]]
    Table = tuple[tuple[type[Exception], int, str], ...]
    """Which error is answered with which status and type; its own sentence is the detail."""


class Refused(Exception):
    """A request that cannot be taken, with the status, the problem's type and the sentence that say so."""

    def __init__(self, status: int, kind: str, sentence: str) -> None:
        self.status, self.kind = status, kind
        super().__init__(sentence)


def problem(status: int, kind: str, sentence: str) -> Response:
    body = {"type": f"/problems/{kind}", "title": kind.replace("-", " "), "status": status, "detail": sentence}
    headers = {"Retry-After": "5"} if status == 503 else {}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def answering(table: Table) -> dict[type[Exception], Answer]:
    """The handlers of an application for every refusal that it raises on purpose."""

    async def answer(_request: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            return problem(error.status, error.kind, str(error))
        if isinstance(error, HTTPException):
            return problem(error.status_code, "http", error.detail)
        for known, status, kind in table:
            if isinstance(error, known):
                return problem(status, kind, str(error))
        raise error

    return dict.fromkeys((Refused, HTTPException, *(known for known, _status, _kind in table)), answer)
