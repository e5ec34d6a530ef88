"""Which job the present thread or task works on."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from headway.reporting.handle import JobHandle

_T = TypeVar("_T")

current_job: ContextVar[JobHandle | None] = ContextVar("headway_job", default=None)


def current() -> JobHandle | None:
    """The job whose `with` this code runs in, in this thread or task; None outside any."""
    return current_job.get()


def left(variable: ContextVar[_T], token: Token[_T]) -> None:
    """Undoes a `with`. One that is left in another context, as a generator may be, has nothing to undo there."""
    with suppress(ValueError):
        variable.reset(token)
