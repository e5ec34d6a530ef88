"""A client of event streams over a real socket: it reads when told to, may be cut at any byte, and resumes."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tests.board import Board
from tests.sse_client import EventStream, Message


class Listening:
    """One connection to a stream. `board` is what somebody knows who has read everything so far."""

    def __init__(
        self,
        url: str,
        path: str = "/v1/events",
        *,
        cursor: str | None = None,
        board: Board | None = None,
        buffer: int | None = None,
        **headers: str,
    ) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self.socket = socket.socket()
        self.socket.settimeout(10)
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        try:
            self.socket.connect((host, int(port)))
        except OSError:
            self.socket.close()
            raise
        self.stream = EventStream()
        self.got: list[Message] = []
        self.board = board or Board()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.closed = False
        self._chunks = Chunks()
        self._head = b""
        sent = {"Host": f"{host}:{port}", "Accept": "text/event-stream", **headers}
        if cursor is not None:
            sent["Last-Event-ID"] = cursor
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())

    def read(self, limit: int = 65536) -> bool:
        """Reads once; False when the server has closed."""
        try:
            piece = self.socket.recv(limit)
        except ConnectionResetError:
            piece = b""
        self.closed = self.closed or not piece
        self._take(piece)
        return not self.closed

    def until(self, seen: Callable[[], object], *, within_s: float = 10.0) -> None:
        """Reads until this is true."""
        until = time.monotonic() + within_s
        while not seen():
            assert time.monotonic() < until, f"not within {within_s} s; last: {self.got[-3:]}"
            assert self.read(), f"closed before; last: {self.got[-3:]}"

    def synced(self) -> Listening:
        self.until(lambda: self.named("synced"))
        return self

    def to_the_end(self) -> Listening:
        """Until the response is complete; the connection may stay."""
        self.until(lambda: self.ended or self.status not in (0, 200))
        return self

    def named(self, event: str) -> list[Any]:
        return [message.data for message in self.got if message.event == event]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.named("event")]

    @property
    def ended(self) -> bool:
        """Whether the response came to its proper end."""
        return self._chunks.ended

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def _take(self, piece: bytes) -> None:
        if not self.status:
            self._head += piece
            head, end, piece = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            first, *lines = head.decode().split("\r\n")
            self.status = int(first.split()[1])
            self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        for message in self.stream.feed(self._chunks.feed(piece)):
            self.got.append(message)
            self.board.apply(message.event, message.data)


class Chunks:
    """The body inside a chunked response, however its pieces are cut."""

    def __init__(self) -> None:
        self.ended = False
        self._rest = b""

    def feed(self, piece: bytes) -> bytes:
        """What the chunks that are complete by now hold."""
        self._rest += piece
        body: list[bytes] = []
        while not self.ended:
            line, found, rest = self._rest.partition(b"\r\n")
            size = int(line, 16) if found else 0
            if not found or len(rest) < size + 2:
                break
            body.append(rest[:size])
            self._rest, self.ended = rest[size + 2 :], size == 0
        return b"".join(body)


def stays_open(listening: Listening, for_s: float = 0.2) -> bool:
    """Whether nothing ends the stream for a while."""
    listening.socket.settimeout(for_s)
    try:
        return listening.read()
    except TimeoutError:
        return True
    finally:
        listening.socket.settimeout(10)
