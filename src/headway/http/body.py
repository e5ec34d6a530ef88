"""Request bodies: read up to a limit, and strictly what JSON is."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any, TypeVar

import msgspec
from starlette.types import Receive

from headway.core.errors import InvalidReport
from headway.http.asgi import Exchange
from headway.http.refusals import Malformed, TooLarge, UnsupportedMediaType

BODY_MAX = 256 * 1024
_LINGER_MAX = 4 * 1024 * 1024  # of a body that is too large: read and thrown away, so that the answer is seen
_LINGER_S = 1.0

_Content = TypeVar("_Content")


async def content(exchange: Exchange, type: type[_Content]) -> _Content:
    """The body as a value of a type."""
    return typed(await document(exchange), type)


async def document(exchange: Exchange) -> Any:
    """The body as JSON. Refuses other types, more than 256 KiB, and whatever readers of JSON do not agree on."""
    kind, _, charset = exchange.headers.get(b"content-type", b"").lower().partition(b";")
    plain = charset.strip() in (b"", b"charset=utf-8", b'charset="utf-8"')
    if kind.strip() != b"application/json" or not plain or b"content-encoding" in exchange.headers:
        raise UnsupportedMediaType
    return parse(await _read(exchange))


def parse(body: bytes) -> Any:
    """JSON as RFC 8259 has it and no more: unique names, finite numbers, UTF-8."""
    try:
        return _decoder.decode(body.decode())
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8") from None
    except RecursionError:
        raise Malformed("it is nested too deeply") from None
    except ValueError as error:
        raise Malformed(str(error)) from None


def typed(value: Any, type: type[_Content]) -> _Content:
    """A parsed value as a declared type. InvalidReport names the field."""
    try:
        return msgspec.convert(value, type)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def _invalid(message: str) -> InvalidReport:
    """`Expected `int`, got `str` - at `$.attempt`` as field and reason."""
    reason, _, place = message.partition(" - at `$")
    field = place.rstrip("`").lstrip(".")
    if reason.startswith("Object contains unknown field"):
        field = ".".join(filter(None, [field, reason.split("`")[1]]))
        return InvalidReport(field, "is not a field here; the server's own fields cannot be set")
    if reason.startswith("Object missing required field"):
        return InvalidReport(".".join(filter(None, [field, reason.split("`")[1]])), "is needed")
    return InvalidReport(field or "body", reason.replace("`", "").replace("Expected ", "must be ", 1))


async def _read(exchange: Exchange) -> bytes:
    if _declared(exchange) > BODY_MAX:
        raise TooLarge(BODY_MAX)
    body, more = bytearray(), True
    while more:
        message = await exchange.receive()
        if message["type"] != "http.request":
            raise Malformed("it was cut off")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_MAX:
            raise TooLarge(BODY_MAX)
    return bytes(body)


async def throw_away(receive: Receive) -> None:
    """Reads on for a moment after a refusal: a client that is still sending would see a reset instead of the answer."""
    thrown, more = 0, True
    try:
        async with asyncio.timeout(_LINGER_S):
            while more and thrown < _LINGER_MAX:
                message = await receive()
                thrown += len(message.get("body", b""))
                more = message["type"] == "http.request" and message.get("more_body", False)
    except TimeoutError:
        return


def _declared(exchange: Exchange) -> int:
    length = exchange.headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 20 else BODY_MAX + 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"the name {twice!r:.60} comes twice in one object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text:.20} is too large a number")
    return number


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)
