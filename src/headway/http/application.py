"""The ASGI application: who may come in, which route it is, and what is said when it fails."""

from __future__ import annotations

import asyncio
import logging
import os

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from headway.core.errors import HeadwayError
from headway.http.access import JOB, Authorize, Policy, Refused, asking, path_below, read_only
from headway.http.asgi import ClientGone, Exchange, Headers
from headway.http.assets import Assets
from headway.http.body import throw_away
from headway.http.engine import Engine
from headway.http.host import leave_with_host
from headway.http.problems import failure, problem
from headway.http.refusals import MethodNotAllowed
from headway.hub.hub import Pace
from headway.reporting.committer import Committer
from headway.stores.address import open_named
from headway.stores.protocol import Store

MOUNTED = Pace(age_s=900.0)  # its grants, and the server around it, are looked at again at least so often

_log = logging.getLogger("headway.http")


def app(
    store: Store | str | None = None, *, authorize: Authorize | None = None, pace: Pace | None = None
) -> Application:
    """Headway as an ASGI application, to be mounted in FastAPI, Starlette, Django, Litestar.

    `store`: one that is open, or the URL of one (opened with the first request), or None for HEADWAY_STORE or the
    user's own file. Whoever reaches the application may read; to let requests write, or to show each only its own
    jobs, give `authorize`, a function, plain or async, from the request (`Asking`) to a `Grant`, or to None: nothing is
    there then. It may raise `Refused` with a response of the application's own.
    """
    policy = read_only if authorize is None else asking(authorize)
    return Application(store, policy=policy, pace=pace or MOUNTED)


class Application:
    """Starts with its first request: an application that is mounted is never told of a start or an end."""

    def __init__(
        self,
        store: Store | str | None,
        *,
        policy: Policy,
        pace: Pace,
        committer: Committer | None = None,
        hosted: bool = True,
    ) -> None:
        self._store = store
        self._committer = committer
        self._policy = policy
        self._pace = pace
        self._hosted = hosted
        self._assets = Assets()
        self._engine: Engine | None = None
        self._starting: asyncio.Task[Engine] | None = None
        self._leaving: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            await self._answer(scope, receive, send)
        elif kind == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def engine(self) -> Engine:
        """What is behind the routes, in this event loop. Raises StoreUnavailable."""
        engine = self._engine
        if engine is not None and engine.loop is asyncio.get_running_loop():
            return engine
        if engine is not None and not engine.loop.is_closed():
            raise RuntimeError("this application serves another event loop; make one for each with app(store)")
        if self._starting is None or self._starting.get_loop().is_closed():
            self._starting = asyncio.ensure_future(self._started())
        return await asyncio.shield(self._starting)

    async def close(self) -> None:
        """Ends every stream; the next request starts anew."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()
            if engine.store is not self._store:
                await asyncio.to_thread(engine.store.close)

    def _leave(self) -> None:
        self._leaving = asyncio.ensure_future(self.close())

    async def _started(self) -> Engine:
        try:
            store = self._store
            if store is None or isinstance(store, str):
                store = await asyncio.to_thread(open_named, store, os.environ)
            horizon = await asyncio.to_thread(store.horizon)
            self._engine = Engine(store, self._committer or Committer(store), horizon.epoch, self._pace)
            if self._hosted:
                leave_with_host(self._engine.loop, self._leave)
            return self._engine
        finally:
            self._starting = None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send, dict(scope["headers"]), path_below(scope))
        try:
            exchange.grant = await self._policy(scope, exchange.headers)
            await self._dispatch(exchange)
        except ClientGone:
            _log.debug("%s %s: the client is gone", exchange.method, exchange.path, exc_info=True)
        except Refused as refused:
            await refused(scope, receive, send)
        except HTTPException:  # of the application's own hook: its own handlers answer
            raise
        except HeadwayError as error:
            await _refuse(exchange, problem(error))
        except Exception:  # noqa: BLE001  # nothing of the server's inside is told, the log has it
            _log.exception("%s %s failed", exchange.method, exchange.path)
            await _refuse(exchange, failure())

    async def _dispatch(self, exchange: Exchange) -> None:
        template, job_id = _template(exchange.path)
        methods = (await self.engine()).routes.get(template)
        if methods is None:
            await self._assets(exchange)
            return
        endpoint = methods.get("GET" if exchange.method == "HEAD" else exchange.method)
        if endpoint is None:
            raise MethodNotAllowed(", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else [])})))
        await endpoint(exchange, job_id)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Where the application is not mounted but stands alone, its server tells it when to go."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


async def _refuse(exchange: Exchange, answer: tuple[int, Headers, bytes]) -> None:
    if exchange.started:
        return  # half an answer is out: the server cuts it off, and the client sees that
    status, headers, body = answer
    if status != 413:
        await exchange.answer(status, headers, body)
        return
    await exchange.begin(status, headers)
    await exchange.send({"type": "http.response.body", "body": body, "more_body": True})
    await throw_away(exchange.receive)
    await exchange.send({"type": "http.response.body", "body": b""})


def _template(path: str) -> tuple[str, str]:
    """The route's template, and the job id in it."""
    if not path.startswith(JOB):
        return path, ""
    job_id, slash, tail = path[len(JOB) :].partition("/")
    return f"{JOB}{{id}}{slash}{tail}", job_id
