"""One row of a foreign log, read: whose it is, what it says, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from headway.core.errors import InvalidReport
from headway.core.instant import from_datetime
from headway.importing.mapping import COLUMNS

_MILLISECONDS = 100_000_000_000  # a number above it (the year 5138 in seconds) counts milliseconds

Raw = Sequence[Any]
"""The values of COLUMNS, in that order, as the log has them."""


class Row(NamedTuple):
    """A row that can be used. `order`: the log's own id, of which the higher is the later at the same time."""

    at: int
    order: tuple[int, int, str]
    step: str
    word: str
    message: str | None
    detail: Any

    @property
    def id(self) -> int | str:
        """The log's own id."""
        kind, number, text = self.order
        return text if kind else number


def reader(timezone: str) -> Callable[[Raw], Row]:
    """Reads rows; times without an offset are of this zone. Raises InvalidReport for one that cannot be used."""
    zone = UTC if timezone == "UTC" else ZoneInfo(timezone)

    def read(raw: Raw) -> Row:
        id, _file, step, word, at, message, detail = raw
        if step is None or not str(step).strip():
            raise InvalidReport("step", "is missing")
        return Row(
            at=from_datetime("at", _moment(at, zone)),
            order=place_of(id),
            step=str(step).strip(),
            word="" if word is None else str(word).strip().lower(),
            message=None if message is None or message == "" else str(message),
            detail=None if detail == "" else detail,
        )

    return read


def file_of(raw: Raw) -> str | None:
    """The file that a row belongs to."""
    file = raw[COLUMNS.index("file")]
    return None if file is None or not str(file).strip() else str(file).strip()


def place_of(id: object) -> tuple[int, int, str]:
    """Whole numbers by their size, whatever else as text after them."""
    try:
        return (0, int(str(id)), "")
    except ValueError:
        return (1, 0, str(id))


def _moment(at: object, zone: Any) -> datetime:
    if isinstance(at, datetime):
        return at if at.tzinfo is not None else at.replace(tzinfo=zone)
    if isinstance(at, date):
        return datetime(at.year, at.month, at.day, tzinfo=zone)
    try:
        number = float(at)  # type: ignore[arg-type]  # whatever it is: what is no number is refused below
    except (TypeError, ValueError):
        return _parsed(at, zone)
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) > _MILLISECONDS else number, UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidReport("at", f"{at!r:.40} is no time") from None


def _parsed(at: object, zone: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(at).strip())
    except ValueError:
        raise InvalidReport("at", f"{at!r:.40} is no time; ISO 8601 and seconds since 1970 are read") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
