"""Owns the HTTP edge of the picture studio: uploads and polls in its own words; Headway's own part is mounted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

import headway
import headway.http
from examples.house.edge import edge
from examples.house.names import shown_name
from examples.house.own_page import from_another_site
from examples.house.pages import parts
from examples.house.safe_headers import SafeHeaders
from examples.images import session, storage
from examples.images.poll import ROUTE, ShortWay, polled
from examples.images.room import LineIsFull
from examples.images.uploads import Refused, received

if TYPE_CHECKING:
    from starlette.requests import Request

    from examples.images.room import Room

PAGE = Path(__file__).parent / "page"
REQUEST_BYTES = 2
"""A request may bring so many times what a picture may weigh: the picture's own job says that it is too large."""


def app(room: Room) -> Starlette:
    """The application of one room."""
    own = Starlette(routes=_Counter(room).routes(), exception_handlers=dict.fromkeys(_ANSWERED, _answer))
    return edge(
        room,
        [
            Mount("/headway", headway.http.app(store=room.store, authorize=session.authorize)),
            Mount("/", SafeHeaders(own)),
        ],
        middleware=[Middleware(ShortWay, room=room)],
    )


class _Counter:
    """Where people bring pictures and ask how far they are."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.page),
            Route(ROUTE, self.status),
            Route("/api/uploads", self.bring, methods=["POST"]),
            Route("/api/samples", self.bring_samples, methods=["POST"]),
            Route("/api/results/{result_id}/preview.jpg", self.preview),
            *parts(PAGE),
        ]

    async def page(self, _request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def bring(self, request: Request) -> Response:
        content, name = await received(request, REQUEST_BYTES * self._room.limits.bytes)
        shown = shown_name(name) if name else None
        taken = await to_thread.run_sync(lambda: self._room.take_in(content, name=shown))
        body = {"success": True, "jobId": taken.job_id, "sessionToken": taken.session_token}
        return JSONResponse(body, 202)

    async def bring_samples(self, request: Request) -> Response:
        if from_another_site(request):
            raise Refused(403, "ANOTHER_SITE")
        return JSONResponse({"jobs": await to_thread.run_sync(self._room.bring_samples)}, 202)

    async def status(self, request: Request) -> Response:
        token = request.headers.get(session.HEADER)
        if not token:
            raise Refused(401, "UNAUTHORIZED")
        job = await to_thread.run_sync(self._room.jobs.get, request.path_params["job_id"])
        if not session.owns(token, job):
            raise Refused(401, "UNAUTHORIZED")
        return Response(polled(self._room, job), media_type="application/json")

    async def preview(self, request: Request) -> Response:
        """Whoever knows the id may look: an <img> sends no header, and the id cannot be guessed."""
        key = storage.preview(request.path_params["result_id"])
        try:
            content = await to_thread.run_sync(self._room.objects.get, key)
        except FileNotFoundError:
            raise Refused(404, "NOT_FOUND") from None
        return Response(content, media_type="image/jpeg")


_TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (headway.UnknownJob, 404, "NOT_FOUND"),
    (headway.InvalidReport, 404, "NOT_FOUND"),  # what cannot be an id is no job's
    (headway.StoreUnavailable, 503, "STORE_UNAVAILABLE"),
    (LineIsFull, 503, "BUSY"),
)
_ANSWERED: tuple[type[Exception], ...] = (Refused, HTTPException, *(known for known, _status, _code in _TABLE))


async def _answer(_request: Request, error: Exception) -> Response:
    status, code = _said(error)
    headers = {"Retry-After": "5"} if status == 503 else {}
    return JSONResponse({"success": False, "error": {"code": code}}, status, headers=headers)


def _said(error: Exception) -> tuple[int, str]:
    if isinstance(error, Refused):
        return error.status, error.code
    if isinstance(error, HTTPException):
        return error.status_code, "NOT_FOUND" if error.status_code == 404 else error.detail.upper().replace(" ", "_")
    return next((status, code) for known, status, code in _TABLE if isinstance(error, known))
