"""How lists are asked of a file: a set of values travels as one JSON text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from headway.core.job import Job
from headway.stores.sqlite.rows import load_by_key, rows


class Moment:
    """What the shared lists need of a connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def rows(self, statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        sent = {name: json.dumps(value) if isinstance(value, list) else value for name, value in params.items()}
        return rows(self._db, statement, sent)

    def load(self, keys: Iterable[int]) -> list[tuple[int, Job]]:
        return load_by_key(self._db, keys)
