"""Times as Headway keeps them (microseconds since 1970, UTC) and as people and JSON read them (RFC 3339)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from headway.core import limits
from headway.core.errors import InvalidReport

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_text(at: int) -> str:
    """`2026-11-22T06:35:52.123456Z`."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds")[:-6] + "Z"


def from_text(field: str, text: object) -> int:
    """Microseconds from RFC 3339 text; a time without an offset is refused, because nobody can know what it means."""
    try:
        parsed = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        raise InvalidReport(field, f"must be an RFC 3339 time, not {limits.shown(text)}") from None
    if parsed.tzinfo is None:
        raise InvalidReport(field, "needs an offset, as in 2026-11-22T06:35:52Z")
    return from_datetime(field, parsed)


def from_datetime(field: str, moment: datetime) -> int:
    """Microseconds from an aware datetime; a naive one is refused."""
    if moment.tzinfo is None:
        raise InvalidReport(field, "needs a time zone")
    return limits.moment(field, (moment - _EPOCH) // _MICROSECOND)
