"""Owns the usual event stream of a Python web application: sse-starlette, and a queue for each client."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

clients: set[asyncio.Queue[str]] = set()


async def subscribe(_request: Request) -> EventSourceResponse:
    return EventSourceResponse(messages())


async def messages() -> AsyncIterator[dict[str, str]]:
    queue: asyncio.Queue[str] = asyncio.Queue()
    clients.add(queue)
    try:
        yield {"comment": "live"}
        while True:
            yield {"data": await queue.get()}
    finally:
        clients.discard(queue)


async def publish(request: Request) -> Response:
    message = (await request.body()).decode()
    for queue in clients:
        queue.put_nowait(message)
    return Response(status_code=204)


app = Starlette(routes=[Route("/sub", subscribe), Route("/pub", publish, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="error")
