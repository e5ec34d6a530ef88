"""The room where HTTP meets the store: `app()` for other people's applications, `serve()` for itself alone."""

from __future__ import annotations

from headway.core.errors import MissingExtra

try:
    from headway.http.access import Asking, Grant, Refused
    from headway.http.application import Application, app
    from headway.http.host import leave_with_host
    from headway.http.server import Server, serve
    from headway.hub.hub import Pace
    from headway.stores.protocol import Filter
except ModuleNotFoundError as missing:
    if missing.name not in ("msgspec", "starlette", "uvicorn"):
        raise
    raise MissingExtra("serve", missing.name) from missing

__all__ = ["Application", "Asking", "Filter", "Grant", "Pace", "Refused", "Server", "app", "leave_with_host", "serve"]
