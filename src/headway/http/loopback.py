"""What a server without keys asks of a request: that it was meant for this machine, and not sent by another site."""

from __future__ import annotations

from starlette.types import Scope

from headway.http.access import FULL, Grant
from headway.http.refusals import ForeignHost, ForeignOrigin

_NAMES = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})


async def loopback(scope: Scope, headers: dict[bytes, bytes]) -> Grant:
    """Everything, for requests of this machine's own programs and of pages that this server sent.

    A name of another site that was rebound to 127.0.0.1 shows in Host; a page of another site shows in Origin, or,
    where a browser sends none, in Sec-Fetch-Site.
    """
    host = headers.get(b"host", b"")
    if _name(host) not in _NAMES:
        raise ForeignHost
    origin = headers.get(b"origin")
    if origin is not None and origin != scope["scheme"].encode() + b"://" + host:
        raise ForeignOrigin
    if headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site") and not _navigates(headers):
        raise ForeignOrigin
    return FULL


def _name(host: bytes) -> bytes:
    name, colon, port = host.rpartition(b":")
    return (name if colon and port.isdigit() else host).lower()


def _navigates(headers: dict[bytes, bytes]) -> bool:
    """A link on another site may lead here."""
    return headers.get(b"sec-fetch-mode") == b"navigate"
