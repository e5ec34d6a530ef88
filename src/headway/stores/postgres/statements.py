"""The named statements of this store, and the order of their parameters."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, LiteralString, NamedTuple

from headway.stores.statements import read_statements

_PARAMETER: Final = re.compile(r"%\((\w+)\)[tb]")


class Statement(NamedTuple):
    """A statement as PostgreSQL numbers its parameters, and their names in that order."""

    sql: LiteralString
    parameters: tuple[str, ...]


@cache
def statements() -> MappingProxyType[str, Statement]:
    """Every statement by its name. Read once, when the first store is opened."""
    texts = read_statements(Path(__file__).parent / "queries")
    return MappingProxyType({name: _numbered(text) for name, text in texts.items()})


def _numbered(text: str) -> Statement:
    """Psycopg would look for the names anew at every call of a statement as long as some of these."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    numbers = {name: str(number) for number, name in enumerate(names, 1)}
    sql = _PARAMETER.sub(lambda match: f"${numbers[match[1]]}", text)
    return Statement(sql, names)
