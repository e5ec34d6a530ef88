"""Owns a service that a test plays: an HTTP server of this process that keeps what it is asked."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from email.message import Message


class Question(NamedTuple):
    """What was asked."""

    path: str
    headers: Message
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        """What it says in JSON."""
        body: dict[str, Any] = json.loads(self.content)
        return body


class Answer(NamedTuple):
    """`held`: nothing is answered until the service is closed."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    held: bool = False


class Played(ABC):
    """It answers what is posted to `url`."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _player(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @abstractmethod
    def answer(self, question: Question) -> Answer:
        """What the question gets."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _player(played: Played) -> type[BaseHTTPRequestHandler]:
    class Player(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            question = Question(self.path, self.headers, content)
            played.asked.append(question)
            answer = played.answer(question)
            if answer.held:
                played.closing.wait(30)
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("retry-after-ms", "1")  # so that nobody waits for the client's patience
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *given: object) -> None:
            """Nothing: the tests ask what came."""

    return Player
