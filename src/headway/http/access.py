"""Who may see and do what: the grant of each request, and the filter that it leaves of what was asked for."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from headway.core.errors import UnknownJob
from headway.core.job import Job
from headway.http.refusals import ReadOnly, UnknownRoute
from headway.stores.protocol import Filter

REPORT, CONTROL = "report", "control"
EVERYTHING = Filter()
JOB = "/v1/jobs/"
NOBODY = Filter(jobs=frozenset({"-"}))  # admits no job: no id is like this


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one request may see and do.

    Jobs outside of `filter` do not exist for it. `scopes`: `report` (create, attach, report) and `control` (cancel,
    retry) in addition to reading, which every grant allows.
    """

    filter: Filter = EVERYTHING
    scopes: frozenset[str] = frozenset()

    def require(self, scope: str) -> None:
        """Raises when the request may not do this."""
        if scope not in self.scopes:
            raise ReadOnly(scope)

    def require_job(self, job: Job | None, job_id: str) -> Job:
        """The job, if it exists for this request."""
        if job is None or not self.filter.admits(job):
            raise UnknownJob(job_id)
        return job

    def narrowed(self, filter: Filter) -> Filter:
        """The part of a filter that this request may see."""
        if self.filter == EVERYTHING:
            return filter
        if filter == EVERYTHING:
            return self.filter
        both = [_both(one, other) for one, other in zip(self.filter, filter, strict=True)]
        return NOBODY if _NOTHING in both else Filter(*both)


class Policy(Protocol):
    """Decides about a request before anything else looks at it."""

    async def __call__(self, scope: Scope, headers: dict[bytes, bytes]) -> Grant:
        """The request's grant; raises a refusal."""
        ...


class Asking(HTTPConnection):
    """The request that an application's hook is asked about: a Starlette connection without its body.

    `path_params` (of the routes around the mount, and `id` where the path names a job), `query_params`, `headers`,
    `cookies`, `url`, `state`, `session`; and, as with an ASGI scope, `asking["user"]`.
    """

    def __init__(self, scope: Scope, job_id: str | None) -> None:
        named = {} if job_id is None else {"id": job_id}
        super().__init__({**scope, "path_params": {**scope.get("path_params", {}), **named}})
        self._routed = scope

    @property
    def job_id(self) -> str | None:
        """The id of the job that the path names, as it was sent; None where it names none."""
        return self.path_params.get("id")

    def take(self, name: str) -> str | None:
        """A query parameter that is the application's own, such as the token of an EventSource, which sends no headers.

        The routes refuse parameters that they do not know; one that was taken they do not see.
        """
        pairs = parse_qsl(self._routed["query_string"].decode("latin-1"), keep_blank_values=True)
        kept = [pair for pair in pairs if pair[0] != name]
        self._routed["query_string"] = urlencode(kept).encode()
        return next((value for key, value in pairs if key == name), None)

    @property
    def method(self) -> str:
        """`GET`, `POST` and so on."""
        method: str = self.scope["method"]
        return method


class Refused(Exception):
    """Raised by a hook to answer with a response of its own: any ASGI application, such as a Starlette response."""

    def __init__(self, response: ASGIApp) -> None:
        super().__init__("the application's own hook answered")
        self.response = response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the response."""
        await self.response(scope, receive, send)


Decision = Grant | None
Authorize = Callable[[Asking], Decision | Awaitable[Decision]]
"""A hook of the application that Headway is mounted in, plain or async. It looks at the request and answers with a
grant, or with None: then nothing is there (404), as for a job that does not exist. It may raise `Refused` with a
response of its own, or the HTTPException of Starlette and FastAPI, which goes to the application's own handlers.

It is asked once for each request, streams included, and again whenever a stream comes back (`Pace.age_s`). Within a
stream each entry, replayed or live, is held against the grant's filter."""

FULL = Grant(scopes=frozenset({REPORT, CONTROL}))
READING = Grant()
NO_GRANT = Grant(filter=NOBODY)
_NOTHING: Any = object()


async def read_only(scope: Scope, headers: dict[bytes, bytes]) -> Grant:
    """Mounted in another application without a hook: whoever reaches it may look."""
    return READING


def asking(authorize: Authorize) -> Policy:
    """The policy of an application's own hook."""

    async def ask(scope: Scope, headers: dict[bytes, bytes]) -> Grant:
        job_id = _job_id(scope)
        grant = authorize(Asking(scope, job_id))
        if inspect.isawaitable(grant):
            grant = await grant
        if grant is None:
            raise UnknownRoute if job_id is None else UnknownJob(job_id)
        return grant

    return ask


def _job_id(scope: Scope) -> str | None:
    """The job that a path below the mount names."""
    path = path_below(scope)
    return path[len(JOB) :].partition("/")[0] or None if path.startswith(JOB) else None


def path_below(scope: Scope) -> str:
    """The path below where the application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path[len(root) :] if root and (path == root or path.startswith(root + "/")) else path


def _both(one: Any, other: Any) -> Any:
    """What two conditions on the same fact leave; empty and None mean no condition."""
    if not one or not other:
        return one or other
    if isinstance(one, frozenset):
        return one & other or _NOTHING
    return one if one == other else _NOTHING
