"""Owns a store that is away: another process holds its file, so that nothing can be written to it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def away(store: str) -> Iterator[None]:
    """Inside, whoever writes to the store finds it locked."""
    command = [sys.executable, "-c", HOLD, store.removeprefix("sqlite:///")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()
        holder.wait(10)
