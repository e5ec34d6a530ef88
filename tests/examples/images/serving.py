"""Owns a served picture studio for a test: a real uvicorn server, and a client for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx2

from examples.images.app import app
from tests.examples.listening import listening
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

        return eventually(look, within_s=30)


@contextmanager
def served(room: Room, *, below: str = "") -> Iterator[Studio]:
    """The application of a room; `below` a prefix of another one, whose owner has opened the room."""
    with listening(app(room), below=below) as url:
        studio = Studio(room, url)
        with studio.client:
            yield studio
