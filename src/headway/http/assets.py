"""The page: static files, sent with headers that let nothing else run in it."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Message

from headway.http.asgi import Exchange, length
from headway.http.refusals import UnknownRoute

FOLDER = Path(__file__).parent / "page"
HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        b"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),  # names have no hash: asked about each time, and mostly answered with 304
]


class Assets:
    """Serves the page's folder below the application."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = StaticFiles(directory=folder, html=True)

    async def __call__(self, exchange: Exchange) -> None:
        if exchange.method not in ("GET", "HEAD"):
            raise UnknownRoute
        if not exchange.path:  # the page's own addresses are relative to a folder
            await exchange.answer(307, [(b"location", exchange.root.encode() + b"/"), length(b"")])
            return

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.started = True
                message["headers"] = [*message["headers"], *HEADERS]
            await exchange.send(message)

        scope = {**exchange.scope, "path": exchange.path, "root_path": ""}
        try:
            await self._files(scope, exchange.receive, send)
        except HTTPException:
            raise UnknownRoute from None
