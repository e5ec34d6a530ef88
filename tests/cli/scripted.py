"""A server that says what a test tells it to, connection by connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Play = Callable[["Connection"], None]


class Connection(BaseHTTPRequestHandler):
    """One request; a play answers it."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:  # the name that the library calls
        self.server.asked.append((self.path, dict(self.headers)))
        plays = self.server.plays.get(self.path.partition("?")[0], [])
        play = plays.pop(0) if len(plays) > 1 else plays[0]
        play(self)

    def answer(self, status: int, value: Any, kind: str = "application/json") -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, *pieces: bytes) -> None:
        """Some of an event stream; then the connection is cut."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.plays: dict[str, list[Play]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []


class Scripted:
    """Plays for paths, taken one after the other; the last one is repeated."""

    def __init__(self) -> None:
        self._server = _Server()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def asked(self) -> list[tuple[str, dict[str, str]]]:
        """Path and headers of every request so far."""
        return self._server.asked

    def play(self, path: str, *plays: Play) -> None:
        self._server.plays[path] = list(plays)

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def frame(name: str, value: Any, cursor: str | None = None) -> bytes:
    """One frame of an event stream."""
    head = f"event: {name}\n" + (f"id: {cursor}\n" if cursor else "")
    return f"{head}data: {json.dumps(value)}\n\n".encode()
