"""The named statements of a store: one file each, verb and noun."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

Statements = MappingProxyType[str, str]


def read_statements(folder: Path) -> Statements:
    """Every statement in a folder of `.sql` files, by its name."""
    return MappingProxyType({file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.sql"))})
