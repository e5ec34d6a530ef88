"""Which job the present thread or task works on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headway.reporting.handle import JobHandle

current_job: ContextVar[JobHandle | None] = ContextVar("headway_job", default=None)


def current() -> JobHandle | None:
    """The job whose `with` this code runs in, in this thread or task; None outside any."""
    return current_job.get()
