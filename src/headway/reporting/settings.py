"""Settings of a reporting process, from HEADWAY_* variables, checked by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from headway.core.errors import InvalidSetting


class Settings(NamedTuple):
    """`store`: where jobs live, None for the default file. Times in seconds."""

    store: str | None = None
    spool: Path | None = None
    flush_s: float = 0.1
    lease_s: float = 30.0
    patience_s: float = 2.0
    bus: str | None = None  # what carries hints between processes; None: the store's own


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from variables; empty means unset. Raises InvalidSetting with the variable's name."""
    given = {name: value for name, value in environ.items() if name.startswith("HEADWAY_") and value}
    return Settings(
        store=given.get("HEADWAY_STORE"),
        spool=Path(given["HEADWAY_SPOOL"]) if "HEADWAY_SPOOL" in given else None,
        flush_s=_seconds(given, "HEADWAY_FLUSH_S", 0.1, 0.01, 10),
        lease_s=_seconds(given, "HEADWAY_LEASE_S", 30.0, 1, 3600),
        patience_s=_seconds(given, "HEADWAY_PATIENCE_S", 2.0, 0.05, 60),
        bus=given.get("HEADWAY_BUS"),
    )


def _seconds(given: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    if name not in given:
        return default
    try:
        value = float(given[name])
    except ValueError:
        raise InvalidSetting(name, f"must be seconds as a number, not {given[name]!r:.40}") from None
    if not low <= value <= high:
        raise InvalidSetting(name, f"must be from {low:g} to {high:g} seconds, got {value:g}")
    return value
