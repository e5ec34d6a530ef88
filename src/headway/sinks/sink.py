"""What an analytics event is, and what can take one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Sink = Callable[[str, str, Mapping[str, Any]], None]
"""Takes one event: its name, the distinct id of the person it is about, its properties. May block, may raise."""

ONCE = "$insert_id"
"""The property that names an event that must be counted once, however many processes send it."""


class Occurrence(NamedTuple):
    """One event on its way. `at`: seconds since 1970."""

    event: str
    distinct_id: str
    properties: Mapping[str, Any]
    at: float
