"""Owns the HTTP edge of the hall: the page of all applications, each below its name, and all jobs of the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

import headway.http
from examples.house.edge import edge
from examples.house.pages import parts
from examples.house.safe_headers import SafeHeaders

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from examples.hall.room import Place, Room

PAGE = Path(__file__).parent / "page"


def app(room: Room) -> Starlette:
    """The application of all rooms. They are opened at its start and closed at its end."""

    async def page(_request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def applications(_request: Request) -> Response:
        return JSONResponse({"applications": [_card(place) for place in room.places]})

    return edge(
        room,
        [
            Mount("/headway", headway.http.app(store=room.store)),
            *(Mount(f"/{place.name}", _Door(place)) for place in room.places),
            Route("/", page),
            Route("/api/applications", applications),
            *parts(PAGE),
        ],
        middleware=[Middleware(SafeHeaders)],
    )


class _Door:
    """The way into one application: its own HTTP edge, or the sentence that says why it is shut."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._app = place.app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is not None and self._place.shut is None:
            await self._app(scope, receive, send)
        else:
            body = {"title": "shut", "status": 503, "detail": self._place.shut}
            await JSONResponse(body, 503, media_type="application/problem+json")(scope, receive, send)


def _card(place: Place) -> dict[str, Any]:
    """What the page says about an application; addresses are relative to the page."""
    told = place.application
    return {
        "name": told.name,
        "title": told.title,
        "does": told.does,
        "takes": told.takes,
        "accept": told.accept,
        "upload": f"{told.name}/{told.upload}",
        "field": told.field,
        "together": told.together,
        "samples": f"{told.name}/api/samples",
        "kinds": told.kinds,
        "shut": place.shut,
    }
