"""Owns how an application stands on its server: its room is open while it is served, and only to this machine."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from starlette.routing import BaseRoute


def edge(
    room: AbstractContextManager[object],
    routes: Sequence[BaseRoute],
    *,
    middleware: Sequence[Middleware] = (),
    exception_handlers: Mapping[Any, Any] | None = None,
) -> Starlette:
    """The application of one room, which is opened at its start and closed at its end.

    Mounted below another one, whose server does not know of it, it leaves its room to whoever has opened that.
    """

    @asynccontextmanager
    async def opened(_app: Starlette) -> AsyncIterator[None]:
        await to_thread.run_sync(room.__enter__)
        try:
            yield
        finally:
            await to_thread.run_sync(room.__exit__, None, None, None)

    # A name that somebody else's DNS lets point here must not be able to read what is here.
    own_name = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return Starlette(
        routes=routes, middleware=[own_name, *middleware], exception_handlers=exception_handlers, lifespan=opened
    )
