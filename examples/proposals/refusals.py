"""Owns how a refusal is said over HTTP: a problem with the field that is wrong, the reason, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

import headway
from examples.proposals.room import LineIsFull, NoSuchProposals

if TYPE_CHECKING:
    from starlette.requests import Request


class Refused(Exception):
    """A request that cannot be taken. `field`: of the body, the path or a header; None where none is to blame."""

    def __init__(self, status: int, kind: str, *, field: str | None, reason: str, advice: str) -> None:
        super().__init__(f"{reason} {advice}")
        self.status, self.kind = status, kind
        self.facts: dict[str, Any] = {"field": field, "reason": reason, "advice": advice}


def nothing_here(field: str) -> Refused:
    """The same for what does not exist, for what is no id at all, and for what belongs to a project of others."""
    reason = f"There is no such {field} among the projects that you are a member of."
    return Refused(404, "not-found", field=field, reason=reason, advice="Look it up in GET api/me.")


def answered(error: Refused) -> Response:
    body = {"type": f"/problems/{error.kind}", "title": error.kind.replace("-", " "), "status": error.status}
    headers = {"Retry-After": "5"} if error.status == 503 else {}
    body |= {"detail": str(error)} | error.facts
    return JSONResponse(body, error.status, headers=headers, media_type="application/problem+json")


async def answer(_request: Request, error: Exception) -> Response:
    """The answer to any refusal that this application raises on purpose."""
    return answered(error if isinstance(error, Refused) else _refused(error))


def _refused(error: Exception) -> Refused:
    match error:
        case HTTPException(status_code=405):
            advice = f"It takes {(error.headers or {}).get('Allow', 'another method')}."
            return Refused(405, "method", field=None, reason="This address does not take this method.", advice=advice)
        case HTTPException():
            advice = "The README lists what is served."
            return Refused(error.status_code, "http", field=None, reason=f"{error.detail}.", advice=advice)
        case NoSuchProposals():
            return nothing_here("proposals")
        case headway.IllegalTransition():
            return Refused(409, "not-now", field="jobId", reason=f"{error}.", advice="It is as it is.")
        case LineIsFull():
            reason, advice = "Very many jobs are waiting already.", "Bring this a little later."
            return Refused(503, "line-is-full", field=None, reason=reason, advice=advice)
        case headway.StoreUnavailable():
            reason, advice = "The store of the jobs cannot be reached just now.", "Try again in a few seconds."
            return Refused(503, "store-unavailable", field=None, reason=reason, advice=advice)
    raise error


ANSWERED: tuple[type[Exception], ...] = (
    Refused,
    HTTPException,
    NoSuchProposals,
    LineIsFull,
    headway.IllegalTransition,
    headway.StoreUnavailable,
)
