"""Owns the HTTP edge of the document room: its pages, its uploads, what came out; Headway's own part is mounted."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

import headway.http
from examples.documents.library import UnknownDocument
from examples.documents.problems import ANSWERS
from examples.house.edge import edge
from examples.house.pages import parts
from examples.house.problems import Refused
from examples.house.safe_headers import SafeHeaders
from examples.house.uploads import received, require_own_page

if TYPE_CHECKING:
    from starlette.requests import Request

    from examples.documents.library import Document
    from examples.documents.room import Room
    from examples.documents.worker import Errand

PAGE = Path(__file__).parent / "page"
UPLOAD_BYTES = 200_000_000


def app(room: Room, *, upload_bytes: int = UPLOAD_BYTES) -> Starlette:
    """The application of one room."""
    reception = _Reception(room, upload_bytes)

    own = Starlette(routes=reception.routes(), exception_handlers=ANSWERS)
    return edge(room, [Mount("/headway", headway.http.app(store=room.store)), Mount("/", SafeHeaders(own))])


class _Reception:
    """Where people bring documents and look at them."""

    def __init__(self, room: Room, upload_bytes: int) -> None:
        self._room, self._upload_bytes = room, upload_bytes

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.queue),
            Route("/documents/{id}", self.document),
            Route("/documents/{id}/text", self.text),
            Route("/documents/{id}/thumbnail.png", self.thumbnail),
            Route("/api/limits", self.limits),
            Route("/api/documents", self.bring, methods=["POST"]),
            Route("/api/samples", self.bring_samples, methods=["POST"]),
            Route("/api/documents/{id}", self.card),
            Route("/api/documents/{id}/stop", self.stop, methods=["POST"]),
            Route("/api/documents/{id}/try-again", self.try_again, methods=["POST"]),
            *parts(PAGE),
        ]

    async def queue(self, _request: Request) -> Response:
        return FileResponse(PAGE / "queue.html")

    async def document(self, request: Request) -> Response:
        try:
            await self._document(request)
        except UnknownDocument:
            return FileResponse(PAGE / "missing.html", 404)
        return FileResponse(PAGE / "document.html")

    async def limits(self, _request: Request) -> Response:
        return JSONResponse({"upload_bytes": self._upload_bytes})

    async def bring(self, request: Request) -> Response:
        require_own_page(request)
        async with received(request, self._upload_bytes) as file:
            errand = await to_thread.run_sync(self._room.take_in, file.filename, file.file)
        body = {"job_id": errand.job_id, "document_id": errand.document_id}
        return JSONResponse(body, 202, headers={"Location": _address(request, errand)})

    async def bring_samples(self, request: Request) -> Response:
        require_own_page(request)
        return JSONResponse({"jobs": await to_thread.run_sync(self._room.bring_samples)}, 202)

    async def card(self, request: Request) -> Response:
        document = await self._document(request)
        return JSONResponse(await to_thread.run_sync(_described, document))

    async def stop(self, request: Request) -> Response:
        require_own_page(request)
        await to_thread.run_sync(self._room.stop, request.path_params["id"])
        return Response(status_code=202)

    async def try_again(self, request: Request) -> Response:
        require_own_page(request)
        await to_thread.run_sync(self._room.try_again, request.path_params["id"])
        return Response(status_code=202)

    async def text(self, request: Request) -> Response:
        document = await self._document(request)
        if "page" in request.query_params:
            page = _page(request.query_params["page"])
            words = await to_thread.run_sync(document.page_text, page)
            if words is None:
                raise Refused(404, "no-such-page", "There is no such page, or it has not been read yet.")
            return PlainTextResponse(words)
        if not document.text_file.exists():
            raise Refused(404, "no-text-yet", "There is no text of this document yet.")
        return FileResponse(document.text_file, media_type="text/plain; charset=utf-8")

    async def thumbnail(self, request: Request) -> Response:
        document = await self._document(request)
        if not document.thumbnail.exists():
            raise Refused(404, "no-thumbnail-yet", "There is no thumbnail of this document yet.")
        return FileResponse(document.thumbnail, media_type="image/png")

    async def _document(self, request: Request) -> Document:
        return await to_thread.run_sync(self._room.library.get, request.path_params["id"])


def _address(request: Request, errand: Errand) -> str:
    """Below whatever prefix this application is mounted at."""
    return f"{request.scope.get('root_path', '')}/documents/{errand.document_id}"


def _described(document: Document) -> dict[str, Any]:
    outcome = document.outcome()
    return asdict(document.card()) | {"outcome": asdict(outcome) if outcome else None}


def _page(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise Refused(400, "page", f"page: must be a whole number, not {text[:20]!r}.")
