"""Owns a served suggestions box for a test: a real uvicorn server, and clients of it who have signed in."""

from __future__ import annotations

import json
import socket
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import httpx2

from examples.proposals.app import app
from examples.proposals.brought import Allowed
from tests.examples.listening import listening
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples.proposals.room import Room

    Wire = dict[str, Any]

API = "/api/projects/harbour"
LETTERS = [("one.txt", b"More benches, please."), ("two.txt", b"A bench at the quay would be fine.")]


class Served:
    """A served room, as programs and browsers meet it."""

    def __init__(self, room: Room, url: str) -> None:
        self.room, self.url = room, url
        self._clients: dict[str | None, httpx2.Client] = {}

    def as_(self, person: str | None) -> httpx2.Client:
        """A client of somebody who has signed in; of nobody, one that has not."""
        if person not in self._clients:
            client = self._clients[person] = httpx2.Client(base_url=self.url, timeout=30)
            if person is not None:
                assert client.post("/api/sign-in", json={"person": person}).status_code == 204
        return self._clients[person]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def bring(self, *, person: str = "ada", project: str = "harbour") -> str:
        files = [("texts", (name, content, "text/plain")) for name, content in LETTERS]
        answer = self.as_(person).post(f"/api/projects/{project}/proposals", files=files)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["jobId"])

    def progress(self, job_id: str, *, person: str = "ada", project: str = "harbour") -> Wire:
        answer = self.as_(person).get(f"/api/projects/{project}/jobs/{job_id}/progress")
        found: Wire = answer.raise_for_status().json()
        return found

    def seen(self, job_id: str, *, project: str = "harbour", **wanted: Any) -> Wire:
        """The plain read as soon as it, or the progress in it, is like this."""

        def look() -> Wire | None:
            found = self.progress(job_id, project=project)
            flat = found | found["progress"]
            return found if all(flat[name] == value for name, value in wanted.items()) else None

        return eventually(look, within_s=30)

    @contextmanager
    def stream(self, *, person: str = "ada", project: str = "harbour") -> Iterator[Iterator[Wire]]:
        """The messages of a project's stream."""
        headers = {"Accept": "text/event-stream"}
        with self.as_(person).stream("GET", f"/api/projects/{project}/status", headers=headers) as answer:
            assert answer.status_code == 200
            yield (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))


@contextmanager
def served(
    room: Room, *, below: str = "", at: socket.socket | None = None, allowed: Allowed | None = None
) -> Iterator[Served]:
    """The application of a room; `below` a prefix of another one, whose owner has opened the room; `at` a socket."""
    with listening(app(room, allowed=allowed), below=below, at=at, grace_s=1) as url, closing(Served(room, url)) as box:
        yield box


class Port:
    """A port that stays ours while one server after the other listens there; between them, nobody does."""

    def __init__(self) -> None:
        self._held = self._bound(0)

    def __enter__(self) -> Port:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def taken(self) -> socket.socket:
        """For the next server."""
        port: int = self._held.getsockname()[1]
        return self._bound(port)

    def _bound(self, port: int) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(("127.0.0.1", port))
        return bound
