"""Owns a served picture studio for a test: a real uvicorn server, and a client for it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from examples.images.app import app
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples.images.room import Room


class Session(NamedTuple):
    """What an upload was answered with."""

    job_id: str
    token: str


class Studio:
    """A served room, as a browser meets it."""

    def __init__(self, room: Room, url: str) -> None:
        self.room, self.url = room, url
        self.client = httpx2.Client(base_url=url, timeout=30)

    def bring(self, content: bytes, name: str = "brought.jpg") -> Session:
        answer = self.client.post("/api/uploads", files={"image": (name, content, "image/jpeg")})
        assert answer.status_code == 202, answer.text
        return Session(answer.json()["jobId"], answer.json()["sessionToken"])

    def poll(self, session: Session) -> httpx2.Response:
        return self.client.get(f"/api/status/{session.job_id}", headers={"X-Session-Token": session.token})

    def status(self, session: Session) -> dict[str, Any]:
        status: dict[str, Any] = self.poll(session).raise_for_status().json()
        return status

    def seen(self, session: Session, **wanted: Any) -> dict[str, Any]:
        """The status as soon as it is like this."""

        def look() -> dict[str, Any] | None:
            status = self.status(session)
            return status if all(status[name] == value for name, value in wanted.items()) else None

        found = eventually(look, within_s=30)
        assert found is not None
        return found


@contextmanager
def served(room: Room, *, below: str = "") -> Iterator[Studio]:
    """The application of a room on a free port; `below` a prefix of another one, whose owner has opened the room."""
    application = Starlette(routes=[Mount(below, app(room))]) if below else app(room)
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=3)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        studio = Studio(room, f"http://127.0.0.1:{port}{below}")
        with studio.client:
            yield studio
    finally:
        server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()
