"""Who may see and do what: the grant of each request, and the filter that it leaves of what was asked for."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.types import Scope

from headway.core.errors import UnknownJob
from headway.core.job import Job
from headway.http.refusals import Forbidden, ReadOnly
from headway.stores.protocol import Filter

REPORT, CONTROL = "report", "control"
EVERYTHING = Filter()
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


Authorize = Callable[[Scope], Grant | Awaitable[Grant | None] | None]
"""A hook of the application that Headway is mounted in: looks at the ASGI scope (headers, session, user) and answers
with a grant, or None to refuse. It is asked once for each request, streams included."""

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
        grant = authorize(scope)
        if inspect.isawaitable(grant):
            grant = await grant
        if grant is None:
            raise Forbidden
        return grant

    return ask


def _both(one: Any, other: Any) -> Any:
    """What two conditions on the same fact leave; empty and None mean no condition."""
    if not one or not other:
        return one or other
    if isinstance(one, frozenset):
        return one & other or _NOTHING
    return one if one == other else _NOTHING
