"""Owns the HTTP edge of the intake room: its pages, its uploads, a file's table and log; Headway's part is mounted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

import headway.http
from examples.house.edge import edge
from examples.house.pages import parts
from examples.house.problems import Refused
from examples.house.safe_headers import SafeHeaders
from examples.house.uploads import received, require_own_page
from examples.intake import plan
from examples.intake.ledger import UnknownFile
from examples.intake.problems import ANSWERS
from examples.intake.progress import get_file_overall_status, get_processing_logs, get_step_summary
from examples.intake.shown import line_of, logs_of, whole_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from examples.intake.archive import Place
    from examples.intake.room import Room

PAGE = Path(__file__).parent / "page"
UPLOAD_BYTES = 100_000_000
LISTED = 100


def app(room: Room, *, upload_bytes: int = UPLOAD_BYTES) -> Starlette:
    """The application of one room."""
    counter = _Counter(room, upload_bytes)

    own = Starlette(routes=counter.routes(), exception_handlers=ANSWERS)
    return edge(room, [Mount("/headway", headway.http.app(store=room.store)), Mount("/", SafeHeaders(own))])


class _Counter:
    """Where people bring files and see what becomes of them."""

    def __init__(self, room: Room, upload_bytes: int) -> None:
        self._room, self._upload_bytes = room, upload_bytes

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.page),
            Route("/files/{id}", self.file_page),
            Route("/files/{id}/filed.pdf", self.filed),
            Route("/api/limits", self.limits),
            Route("/api/samples", self.bring_samples, methods=["POST"]),
            Route("/api/files", self.files, methods=["GET"]),
            Route("/api/files", self.bring, methods=["POST"]),
            Route("/api/files/{id}", self.file),
            Route("/api/files/{id}/status", self.status),
            Route("/api/files/{id}/summary", self.summary),
            Route("/api/files/{id}/logs", self.logs),
            Route("/api/files/{id}/stop", self.stop, methods=["POST"]),
            Route("/api/files/{id}/try-again", self.try_again, methods=["POST"]),
            *parts(PAGE),
        ]

    async def page(self, _request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def file_page(self, request: Request) -> Response:
        try:
            await to_thread.run_sync(self._room.ledger.job, request.path_params["id"])
        except UnknownFile:
            return FileResponse(PAGE / "missing.html", 404)
        return FileResponse(PAGE / "file.html")

    async def limits(self, _request: Request) -> Response:
        return JSONResponse({"upload_bytes": self._upload_bytes, "destinations": list(self._room.places)})

    async def bring(self, request: Request) -> Response:
        require_own_page(request)
        async with received(request, self._upload_bytes) as file:
            taken = await to_thread.run_sync(self._room.take_in, file.filename, file.file)
        address = f"{request.scope.get('root_path', '')}/files/{taken.file_id}"
        return JSONResponse(taken._asdict(), 200 if taken.known else 202, headers={"Location": address})

    async def bring_samples(self, request: Request) -> Response:
        require_own_page(request)
        return JSONResponse({"jobs": await to_thread.run_sync(self._room.bring_samples)}, 202)

    async def files(self, _request: Request) -> Response:
        jobs = await to_thread.run_sync(lambda: self._room.reporter.jobs(kind=plan.KIND, limit=LISTED))
        return JSONResponse({"files": [line_of(job) for job in jobs]})

    async def file(self, request: Request) -> Response:
        file_id = request.path_params["id"]
        return JSONResponse(
            await to_thread.run_sync(lambda: whole_of(self._room.ledger.job(file_id), self._place(file_id)))
        )

    async def status(self, request: Request) -> Response:
        asked = self._room.ledger, request.path_params["id"]
        return JSONResponse(await to_thread.run_sync(get_file_overall_status, *asked))

    async def summary(self, request: Request) -> Response:
        asked = self._room.ledger, request.path_params["id"]
        return JSONResponse(await to_thread.run_sync(get_step_summary, *asked))

    async def logs(self, request: Request) -> Response:
        asked = self._room.ledger, request.path_params["id"]
        return JSONResponse({"logs": logs_of(await to_thread.run_sync(get_processing_logs, *asked))})

    async def stop(self, request: Request) -> Response:
        require_own_page(request)
        await to_thread.run_sync(self._room.stop, request.path_params["id"])
        return Response(status_code=202)

    async def try_again(self, request: Request) -> Response:
        require_own_page(request)
        await to_thread.run_sync(self._room.try_again, request.path_params["id"])
        return Response(status_code=202)

    async def filed(self, request: Request) -> Response:
        place = self._room.archive.get(request.path_params["id"])
        record = await to_thread.run_sync(place.record)
        if record is None or record.filed_as is None:
            raise Refused(404, "not-filed-yet", "This file is not filed yet.")
        return FileResponse(place.filed, media_type="application/pdf", filename=record.filed_as)

    def _place(self, file_id: str) -> Place | None:
        try:
            return self._room.archive.get(file_id)
        except UnknownFile:
            return None
