"""Owns the taking of an upload: one file of a form, its size bounded while it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.types import Message

FIELD = "image"
_ENVELOPE_BYTES = 64 * 1024
"""What the multipart form may weigh around the file."""


class Refused(Exception):
    """A request that cannot be taken: its status, and the code that the answer's body says."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


async def received(request: Request, limit: int) -> tuple[bytes, str | None]:
    """The picture of a multipart request and the name it came with. Raises `Refused`."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(415, "NOT_A_FORM")
    arrived = 0

    async def counted() -> Message:
        # A declared length may be a lie or missing, so what really arrives is counted.
        nonlocal arrived
        message = await request.receive()
        arrived += len(message.get("body", b""))
        if arrived > limit + _ENVELOPE_BYTES:
            raise Refused(413, "TOO_LARGE")
        return message

    async with Request(request.scope, counted).form(max_files=1, max_fields=4) as form:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise Refused(400, "NO_IMAGE")
        return await file.read(), file.filename
