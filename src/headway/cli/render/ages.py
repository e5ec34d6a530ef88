"""Times as people say them: how long, how long ago, and when on the clock on the wall."""

from __future__ import annotations

from datetime import datetime

from headway.core.instant import from_text

SECOND = 1_000_000  # µs
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def at(text: str | None) -> int | None:
    """Microseconds of a time on the wire."""
    return None if text is None else from_text("time", text)


def span(micros: int) -> str:
    """`0.4s`, `12s`, `3m 05s`, `2h 14m`, `3d 4h`: never more than two units."""
    seconds = max(0, micros) // SECOND
    if seconds < 10:
        return f"{max(0, micros) // (SECOND // 10) / 10:.1f}s"
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // 60}m {seconds % 60:02d}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h {seconds % _HOUR // 60:02d}m"
    return f"{seconds // _DAY}d {seconds % _DAY // _HOUR}h"


def about(micros: int) -> str:
    """No finer than an estimate is: `40s`, `3m 10s`, `13m`, `2h 14m`."""
    seconds = max(0, micros) // SECOND
    if seconds < _MINUTE:
        return f"{seconds}s"
    return f"{seconds // 60}m" if 10 * _MINUTE <= seconds < _HOUR else span(micros)


def ago(moment: int, now: int) -> str:
    """`3m 05s ago`; `just now` for less than a second, and for clocks that disagree."""
    return "just now" if now - moment < SECOND else f"{span(now - moment)} ago"


def short(micros: int) -> str:
    """The same in one unit, for a column: `12s`, `3m`, `2h`, `3d`."""
    seconds = max(0, micros) // SECOND
    for size, letter in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= size:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def near(moment: int, now: int) -> bool:
    """Whether seconds matter to somebody who waits for it."""
    return abs(moment - now) < 10 * _MINUTE * SECOND


def clock(moment: int, now: int, *, seconds: bool) -> str:
    """The time of day here; with the day when it is not today's."""
    here, today = _local(moment), _local(now)
    if here.date() == today.date():
        return f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    return f"{here:%a %H:%M}" if abs((here.date() - today.date()).days) < 7 else f"{here:%Y-%m-%d %H:%M}"


def stamp(moment: int) -> str:
    """Day and time here, to the second, for tables of history."""
    return f"{_local(moment):%Y-%m-%d %H:%M:%S}"


def _local(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / SECOND).astimezone()
