"""Owns a played service that speaks the chat-completions protocol: each question gets the next answer laid out."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import TracebackType


class Answer(NamedTuple):
    """`held`: nothing is answered until the service is closed."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    held: bool = False


class Question(NamedTuple):
    """What was asked."""

    path: str
    authorization: str
    body: dict[str, Any]


def says(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> Answer:
    """A whole completion with this content."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message, "logprobs": None}
    completion = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Answer(json.dumps(completion).encode())


def fails(status: int, message: str = "no", code: str | None = None) -> Answer:
    """An error as the protocol has it."""
    return Answer(
        json.dumps({"error": {"message": message, "type": "x", "param": None, "code": code}}).encode(), status
    )


class PlayedModel:
    """Answers `POST …/chat/completions`; the last answer is given again and again."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.answers: list[Answer] = []
        self._closing = threading.Event()
        played = self

        class Player(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                played.asked.append(Question(self.path, self.headers["Authorization"], body))
                answer = played.answers.pop(0) if len(played.answers) > 1 else played.answers[0]
                if answer.held:
                    played._closing.wait(30)
                    return
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                self.send_header("retry-after-ms", "1")  # so that nobody waits for the client's patience
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Player)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> PlayedModel:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
