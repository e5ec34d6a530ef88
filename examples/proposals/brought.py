"""Owns the taking of texts from a form: how many and how large they may be, and that something in them is a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from examples.house.names import shown_name
from examples.proposals.refusals import Refused

if TYPE_CHECKING:
    from starlette.types import Message

FIELD = "texts"
_ENVELOPE_BYTES = 512
"""What the form may weigh around each file."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Allowed(NamedTuple):
    """What one request may bring."""

    files: int = 2_000
    bytes: int = 20_000_000


async def brought(request: Request, allowed: Allowed) -> list[tuple[str, bytes]]:
    """The texts of a multipart request by their names. Raises `Refused`."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        reason = "This is not a form."
        raise Refused(
            415,
            "not-a-form",
            field="Content-Type",
            reason=reason,
            advice=f"Send multipart/form-data with the files in its field “{FIELD}”.",
        )
    _require_fitting(int(request.headers.get("content-length", 0)), allowed)
    arrived = 0

    async def counted() -> Message:
        # A declared length may be a lie or missing, so what really arrives is counted too.
        nonlocal arrived
        message = await request.receive()
        arrived += len(message.get("body", b""))
        _require_fitting(arrived, allowed)
        return message

    try:
        async with Request(request.scope, counted).form(max_files=allowed.files, max_fields=4) as form:
            files = [file for file in form.getlist(FIELD) if isinstance(file, UploadFile)]
            texts = [(file.filename or "", await file.read()) for file in files]
    except HTTPException as error:
        raise _unreadable(error.detail, allowed) from error
    _require_texts(texts)
    return texts


def _require_fitting(size: int, allowed: Allowed) -> None:
    if size > allowed.bytes + _ENVELOPE_BYTES * allowed.files:
        reason = f"These texts are too large: at most {allowed.bytes / 1e6:,.0f} MB can be taken at once."
        raise Refused(413, "too-large", field=FIELD, reason=reason, advice="Divide them, for instance by year.")


def _unreadable(said: str, allowed: Allowed) -> Refused:
    if "Too many" in said:
        reason = f"There are too many files: at most {allowed.files:,} can be taken at once."
        return Refused(413, "too-many", field=FIELD, reason=reason, advice="Divide them, for instance by year.")
    return Refused(400, "broken-form", field=FIELD, reason=f"The form is broken: {said}", advice="Send it again.")


def _require_texts(texts: list[tuple[str, bytes]]) -> None:
    if not texts:
        advice = f"Put at least one text file into the field “{FIELD}”."
        raise Refused(400, "no-texts", field=FIELD, reason="The form brings no file.", advice=advice)
    if not any(_may_be_text(content) for _name, content in texts):
        only = f"“{shown_name(texts[0][0])}”" + (" is" if len(texts) == 1 else " and all others are")
        reason, advice = f"{only} empty or no text.", "Bring plain text files, as .txt or .md."
        raise Refused(422, "not-a-text", field=FIELD, reason=reason, advice=advice)


def _may_be_text(content: bytes) -> bool:
    """Pictures, archives and programs have a zero byte soon; a text has one only where each letter is two bytes."""
    return bool(content.strip()) and (content.startswith(_WIDE) or b"\x00" not in content)
