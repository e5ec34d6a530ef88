"""Owns the writing of a file that others read: it appears whole, or it does not appear."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the target's place at the end, or vanishes when the writing fails."""
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with partial.open("xb") as file:
            yield file
            _settle(file)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _settle(file: BinaryIO) -> None:
    """Bring the bytes to the disk before the name: a power cut must not leave a whole name on half a file."""
    file.flush()
    os.fsync(file.fileno())
