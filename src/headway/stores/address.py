"""Addresses of stores: which URL means which store, and where the default one lies."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from headway.core.errors import InvalidSetting
from headway.stores.protocol import Store


def open_store(url: str, *, busy_s: float = 5.0) -> Store:
    """The store of a URL: `sqlite:///relative`, `sqlite:////absolute` or `memory:`. Raises InvalidSetting.

    `busy_s`: how long a write waits for the writes of others before the store counts as away.
    """
    if url == "memory:":
        from headway.stores.memory import MemoryStore

        return MemoryStore()
    path = url.removeprefix("sqlite:///")
    if path and path != url:
        from headway.stores.sqlite.store import SQLiteStore

        return SQLiteStore(Path(path), busy_s=busy_s)
    raise InvalidSetting("store", f"{url!r:.80} must be memory: or sqlite:/// and a path")


def default_url(environ: Mapping[str, str]) -> str:
    """HEADWAY_STORE, else one SQLite file in the user's data folder (which is made), so that worker and server meet."""
    if named := environ.get("HEADWAY_STORE"):
        return named
    folder = data_folder(environ)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return f"sqlite:///{folder / 'headway.db'}"


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where this system keeps a user's data: `~/.local/share/headway` on Linux (XDG_DATA_HOME is honoured)."""
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "headway"
