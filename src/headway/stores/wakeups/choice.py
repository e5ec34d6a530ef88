"""Which bus a setting means: the store's own, another server, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from headway.core.errors import InvalidSetting
from headway.stores.wakeups.bus import Bus

OFF: Final = "off"
_REDIS: Final = ("redis://", "rediss://", "valkey://", "valkeys://")
_NATS: Final = ("nats://", "tls://")


def open_bus(chosen: str | None, *, own: Callable[[], Bus], topic: Callable[[], str]) -> Bus | None:
    """The bus that HEADWAY_BUS names; connects to nothing yet. Raises InvalidSetting, or MissingExtra.

    Nothing chosen: the store's `own`; `off`: None, the store is looked at every second; else the address of a Redis,
    Valkey or NATS server. `topic` is asked at each connect for a name that only this store has, in letters, digits and
    hyphens.
    """
    if not chosen:
        return own()
    if chosen == OFF:
        return None
    if chosen.startswith(_REDIS):
        from headway.stores.wakeups.redis import RedisBus

        return RedisBus(chosen, topic)
    if chosen.startswith(_NATS):
        from headway.stores.wakeups.nats import NatsBus

        return NatsBus(chosen, topic)
    scheme = chosen.partition("://")[0] if "://" in chosen else ""
    raise InvalidSetting(
        "HEADWAY_BUS",
        f"no bus is known {f'as {scheme!r:.20}' if scheme else 'by this name'}; give redis://host:6379/0, "
        "nats://host:4222, off, or nothing for the store's own notifications",
    )
