"""Owns what a sample is: a file to bring, and how it ought to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`refused`: the error by which an application ought to refuse it; None where something should come out."""

    name: str
    make: Callable[[], bytes]
    refused: type[Exception] | None = None
