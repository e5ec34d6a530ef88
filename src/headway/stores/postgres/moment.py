"""How questions are asked of the database as others see them: sets of values as arrays, numbers of any size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from headway.core.job import Job
from headway.stores.postgres.columns import Column, Ints, Texts
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.rows import clamp, load_by_key, rows

_ESCAPED_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NOBODY: Final = ""  # no text that is looked for is empty


class Moment:
    """What the shared lists need of a connection."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def rows(self, statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        if _ESCAPED_NUL.search(params.get("label_value") or ""):
            return []  # no JSON in the database has one
        return rows(self._db, statement, {name: _sent(value) for name, value in params.items()})

    def load(self, keys: Iterable[int]) -> list[tuple[int, Job]]:
        return load_by_key(self._db, keys)


def wanted(texts: Iterable[str]) -> Texts:
    """Texts that are looked for; what no text in the database can be stands there as one that none is."""
    return Texts(text if _storable(text) else _NOBODY for text in texts)


def _sent(value: Any) -> Any:
    if isinstance(value, list):
        return _column(value)
    return clamp(value) if isinstance(value, int) else value


def _column(values: Sequence[Any]) -> Column:
    return Ints(values) if values and isinstance(values[0], int) else wanted(values)


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
