"""Owns the taking of an upload: its size is bounded while it arrives, and its first bytes decide what it is."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.requests import Request

from examples.house.magic import HEAD_BYTES, require_pdf
from examples.house.own_page import from_another_site
from examples.house.problems import Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Message, Receive

FIELD = "file"
_ENVELOPE_BYTES = 64 * 1024
"""What the multipart form may weigh around the file."""


@asynccontextmanager
async def received(request: Request, limit: int) -> AsyncIterator[UploadFile]:
    """The one file of a multipart request, at its start; nothing of it stays when the block is left.

    Raises `Refused` for a form that has no file or is too large, `EmptyFile` and `NotAPdf` for what is in it.
    """
    _require_form(request)
    _require_fitting(int(request.headers.get("content-length", 0)), limit)
    counted = Request(request.scope, _counting(request.receive, limit))
    async with counted.form(max_files=1, max_fields=4) as form:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise Refused(400, "no-file", f"The form has no file in its field {FIELD!r}.")
        if (file.size or 0) > limit:
            raise _too_large(limit)
        require_pdf(await file.read(HEAD_BYTES))
        await file.seek(0)
        yield file


def require_own_page(request: Request) -> None:
    """Refuse what another site's page sends with the visitor's browser; a program sends no Origin at all."""
    if from_another_site(request):
        raise Refused(403, "another-site", "Another site's page may not bring files here.")


def _require_form(request: Request) -> None:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(415, "not-a-form", f"Send multipart/form-data with the file in its field {FIELD!r}.")


def _require_fitting(size: int, limit: int) -> None:
    if size > limit + _ENVELOPE_BYTES:
        raise _too_large(limit)


def _counting(receive: Receive, limit: int) -> Receive:
    """A declared length may be a lie or missing, so what really arrives is counted too."""
    arrived = 0

    async def counting() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        _require_fitting(arrived, limit)
        return message

    return counting


def _too_large(limit: int) -> Refused:
    return Refused(413, "too-large", f"This file is too large: at most {limit / 1e6:,.0f} MB can be taken.")
