"""Owns the telling of this application's own pages from those of another site that a visitor has open as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def from_another_site(request: Request) -> bool:
    """Whether another site's page sent this with the visitor's browser; a program sends no Origin at all."""
    origin = request.headers.get("origin")
    return origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host')}"
