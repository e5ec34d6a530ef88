"""Waiting for what another thread or process does: until it is so, and never longer than it may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

_Value = TypeVar("_Value")


def eventually(look: Callable[[], _Value | None], *, within_s: float = 10.0) -> _Value:
    """What `look` answers as soon as it is true; AssertionError with its last answer when the time is over."""
    pause = threading.Event()
    until = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < until, f"not within {within_s:g} s; last seen: {seen!r}"
        pause.wait(0.005)
    return seen
