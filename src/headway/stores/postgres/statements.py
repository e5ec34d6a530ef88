"""The named statements of this store."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from headway.stores.statements import Statements, read_statements


@cache
def statements() -> Statements:
    """Every statement by its name. Read once, when the first store is opened."""
    return read_statements(Path(__file__).parent / "queries")
