"""The few ASGI messages that are sent by hand, and what every route needs to know of its request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.types import Message, Receive, Scope, Send

from headway.http.access import NO_GRANT, Grant

Headers = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
NO_CACHE = (b"cache-control", b"private, no-cache")  # kept, but asked about each time
NO_STORE = (b"cache-control", b"no-store")

_encode = msgspec.json.Encoder().encode


class ClientGone(Exception):
    """The client hung up before it had its answer."""


@dataclass(slots=True)
class Exchange:
    """A request and the way to answer it. `path` is relative to where the application is mounted."""

    scope: Scope
    receive: Receive
    send: Send
    headers: dict[bytes, bytes]
    path: str
    grant: Grant = NO_GRANT  # until the policy has looked
    started: bool = False

    @property
    def method(self) -> str:
        method: str = self.scope["method"]
        return method

    @property
    def query(self) -> bytes:
        query: bytes = self.scope["query_string"]
        return query

    @property
    def root(self) -> str:
        """What stands before every path of this application in a link."""
        root: str = self.scope.get("root_path", "")
        return root.rstrip("/")

    async def begin(self, status: int, headers: Headers) -> None:
        """The head of a response whose body follows."""
        self.started = True
        await self._sent({"type": "http.response.start", "status": status, "headers": headers})

    async def answer(self, status: int, headers: Headers, body: bytes = b"") -> None:
        """The whole response."""
        await self.begin(status, headers)
        await self._sent({"type": "http.response.body", "body": body})

    async def _sent(self, message: Message) -> None:
        try:
            await self.send(message)
        except (OSError, RuntimeError) as error:  # what servers raise for a connection that was reset
            raise ClientGone from error

    async def json(self, value: Any, status: int = 200, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """A value as JSON."""
        await self.encoded(encode(value), status, headers)

    async def encoded(self, body: bytes, status: int = 200, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """JSON that is encoded already."""
        await self.answer(status, [JSON, length(body), NO_STORE, *headers], body)


def encode(value: Any) -> bytes:
    return _encode(value)


def length(body: bytes) -> tuple[bytes, bytes]:
    return (b"content-length", b"%d" % len(body))
