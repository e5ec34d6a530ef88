"""Owns what the page is made of, below an address that names its content: whoever keeps it never has to ask again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Router
from starlette.staticfiles import StaticFiles

from examples.house.pages import parts

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLACE = "page/"
FOR_EVER = b"public, max-age=31536000, immutable"


class PageParts:
    """The page in `folder`: its `index.html`, and the files that it loads from `page/{digest}/…`."""

    def __init__(self, folder: Path) -> None:
        mounts = parts(folder)
        self.digest = _digest([path for mount in mounts for path in _files(mount)])
        index = (folder / "index.html").read_text("utf-8").replace(PLACE, f"{PLACE}{self.digest}/")
        self._index = index.encode()
        self._etag = f'"{hashlib.sha256(self._index).hexdigest()[:16]}"'
        below = [Mount(mount.path.removeprefix("/page") or "/", mount.app) for mount in mounts]
        self.mount = Mount(f"/page/{self.digest}", _Kept(Router(routes=below)))

    async def index(self, request: Request) -> Response:
        """It is asked for each time, and mostly answered with “not modified”."""
        if self._etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": self._etag})
        return HTMLResponse(self._index, headers={"ETag": self._etag})


class _Kept:
    """Says of what is found that it will never be another under this address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
                message["headers"] = [*kept, (b"cache-control", FOR_EVER)]
            await send(message)

        await self._app(scope, receive, sending)


def _files(mount: Mount) -> list[Path]:
    assert isinstance(mount.app, StaticFiles)
    return sorted(path for path in Path(str(mount.app.directory)).rglob("*") if path.is_file())


def _digest(files: list[Path]) -> str:
    content = hashlib.sha256()
    for path in files:
        content.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return content.hexdigest()[:16]
