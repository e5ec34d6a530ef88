"""Exceptions as text that a store can hold, whatever the exception does."""

from __future__ import annotations

import traceback
from typing import Any

from headway.core import limits

TRACEBACK_MAX = 16_000  # characters; the end is kept, where the cause is


def sentence(error: BaseException) -> str:
    """What went wrong in one line or a few: the message, or the type where there is none."""
    return limits.captured(_text(error).strip() or type(error).__name__)


def detail(error: BaseException) -> dict[str, Any]:
    """Type and traceback, for the history."""
    return {"type": type(error).__qualname__, "traceback": _clean(_traceback(error))}


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:  # noqa: BLE001  # a __str__ may do anything; the job's end must be told all the same
        return f"{type(error).__name__} (its message raised {type(broken).__name__})"


def _traceback(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error, limit=-30))
    except Exception as broken:  # noqa: BLE001  # formatting calls __str__ of every cause
        return f"{type(error).__name__} (its traceback raised {type(broken).__name__})"


def _clean(text: str) -> str:
    kept = text if len(text) <= TRACEBACK_MAX else f"…{text[1 - TRACEBACK_MAX :]}"
    return limits.captured(kept, TRACEBACK_MAX)
