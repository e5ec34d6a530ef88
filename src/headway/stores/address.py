"""Addresses of stores: which URL means which store, and where the default one lies."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from headway.core.errors import InvalidSetting, MissingExtra
from headway.stores.protocol import Store

POSTGRES: Final = ("postgresql://", "postgres://")


def open_store(url: str, *, busy_s: float = 5.0, bus: str | None = None) -> Store:
    """The store of a URL: `sqlite:///relative`, `sqlite:////absolute`, `postgresql://user@host/database` or `memory:`.

    Raises InvalidSetting, MissingExtra, StoreUnavailable and StoreUnusable. `busy_s`: how long a write waits for the
    writes of others before the store counts as away. `bus`: what carries hints between processes where a database is
    shared by many machines; its own notifications unless told, `off`, or the address of a Redis or NATS server.
    """
    if url == "memory:":
        from headway.stores.memory import MemoryStore

        return MemoryStore()
    path = url.removeprefix("sqlite:///")
    if path and path != url:
        from headway.stores.sqlite.store import SQLiteStore

        return SQLiteStore(Path(path), busy_s=busy_s)
    if url.startswith(POSTGRES):
        return _postgres(url, busy_s, bus)
    raise InvalidSetting("store", f"{redacted(url)} must be memory:, sqlite:/// and a path, or postgresql://…")


def redacted(url: str) -> str:
    """An address that means no store, for messages: nothing of it that might be a password."""
    return (
        f"{url.partition('://')[0]:.20}://…" if "@" in url and "://" in url else "it" if "@" in url else f"{url!r:.80}"
    )


def open_named(url: str | None, environ: Mapping[str, str]) -> Store:
    """The store of a URL, or the default one; hints travel as HEADWAY_BUS says."""
    return open_store(url or default_url(environ), bus=environ.get("HEADWAY_BUS"))


def default_url(environ: Mapping[str, str]) -> str:
    """HEADWAY_STORE, else one SQLite file in the user's data folder (which is made), so that worker and server meet."""
    if named := environ.get("HEADWAY_STORE"):
        return named
    folder = data_folder(environ)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return f"sqlite:///{folder / 'headway.db'}"


def _postgres(url: str, busy_s: float, bus: str | None) -> Store:
    try:
        import psycopg  # noqa: F401  # asked for here, so that an error within our own modules is not taken for its absence
    except ImportError as missing:
        raise MissingExtra("postgres", "psycopg") from missing
    from headway.stores.postgres.store import PostgresStore
    from headway.stores.wakeups.choice import open_bus
    from headway.stores.wakeups.postgres import PostgresBus

    def topic() -> str:
        return store.horizon().epoch.replace(".", "-")

    store = PostgresStore(url, busy_s=busy_s, bus=open_bus(bus, own=lambda: PostgresBus(url), topic=topic))
    return store


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where this system keeps a user's data: `~/.local/share/headway` on Linux (XDG_DATA_HOME is honoured)."""
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "headway"
