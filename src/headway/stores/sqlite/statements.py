"""The named statements of this store: one file each, verb and noun."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent / "queries"


@cache
def statements() -> MappingProxyType[str, str]:
    """Every statement by its name. Read once, when the first store is opened."""
    return MappingProxyType({file.stem: file.read_text("utf-8") for file in sorted(_FOLDER.glob("*.sql"))})
