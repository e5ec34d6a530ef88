"""Which bus a setting means: the store's own, another server, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from headway.core.errors import InvalidSetting
from headway.stores.wakeups.bus import Bus

OFF: Final = "off"
_POSTGRES: Final = ("postgresql://", "postgres://")
_REDIS: Final = ("redis://", "rediss://", "valkey://", "valkeys://")
_NATS: Final = ("nats://", "tls://")


def open_bus(chosen: str | None, *, own: Callable[[], Bus], topic: Callable[[], str]) -> Bus | None:
    """The bus that HEADWAY_BUS names; connects to nothing yet. Raises InvalidSetting, or MissingExtra.

    Nothing chosen: the store's `own`; `off`: None, the store is looked at every second; else the address of a Redis,
    Valkey or NATS server, or of the store's own database past a pooler. `topic` is asked at each connect for a name
    that only this store has, in letters, digits and hyphens.
    """
    if not chosen:
        return own()
    if chosen == OFF:
        return None
    if chosen.startswith(_POSTGRES):
        from headway.stores.wakeups.postgres import PostgresBus

        return PostgresBus(chosen)
    if chosen.startswith(_REDIS):
        from headway.stores.wakeups.redis import RedisBus

        return RedisBus(chosen, topic)
    if chosen.startswith(_NATS):
        from headway.stores.wakeups.nats import NatsBus

        return NatsBus(chosen, topic)
    raise InvalidSetting(
        "HEADWAY_BUS",
        f"{redacted(chosen)} is no bus; give redis://host:6379/0, nats://host:4222, postgresql://… past a pooler, off, "
        "or nothing for the store's own notifications",
    )


def redacted(address: str) -> str:
    """An address for messages: no more of it than how it begins, for the rest may hold a password."""
    scheme, found, _ = address.partition("://")
    return f"{scheme + found:.20}…" if found else "this"
