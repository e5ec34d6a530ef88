"""A connection that waits no longer than told for an answer, also where the network swallows everything without a sign.

The server's own limits do not help there, and the system's notice only a network that does not take our bytes.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

_Answer = TypeVar("_Answer")
_Step = Generator[Any, Any, _Answer]


class Silence(psycopg.OperationalError):
    """Nothing came in time: to ask once more would take as long again."""


class Patient(psycopg.Connection[tuple[Any, ...]]):
    """`answer_s`: how long each answer may take. Who waited longer has a broken connection."""

    answer_s = 30.0

    def wait(self, gen: _Step[_Answer], *args: Any, **how: Any) -> _Answer:
        return super().wait(self._bounded(gen), *args, **how)

    def _bounded(self, gen: _Step[_Answer]) -> _Step[_Answer]:
        """The same generator; psycopg wakes it ten times a second with nothing while it waits."""
        until = time.monotonic() + self.answer_s
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise Silence(f"timeout expired: no answer within {self.answer_s:g} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            answer: _Answer = end.value
            return answer
