"""Owns session tokens: who brought a picture is whoever has its token, and only a hash of it is ever kept or told."""

from __future__ import annotations

import secrets
from typing import Any

from headway.http import Asking, Filter, Grant
from headway.sinks import hashed

HEADER = "X-Session-Token"


def fresh() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def project_of(token: str) -> str:
    """The project of a session's jobs: all that is kept of its token, and what analytics know the person by."""
    return f"session-{hashed(token)}"


def owns(token: str, job: dict[str, Any]) -> bool:
    """Whether a job was brought with this token."""
    return bool(token) and secrets.compare_digest(project_of(token), job["project"] or "")


def authorize(asking: Asking) -> Grant | None:
    """Who asks Headway itself sees the jobs of the token that it shows, and without one nothing."""
    token = asking.headers.get(HEADER)
    return Grant(filter=Filter(projects=frozenset({project_of(token)}))) if token else None
