"""The reporter behind the module-level calls: one per process, made at the first of them.

What reports is loaded then too, so that importing headway costs a program that hardly uses it next to nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from headway.reporting.context import current

if TYPE_CHECKING:
    from headway.reporting.handle import JobHandle
    from headway.reporting.reporter import Reporter

_Item = TypeVar("_Item")


class Default:
    """The process's own reporter, made when it is first needed and not at import."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reporter: Reporter | None = None

    def __call__(self) -> Reporter:
        """The reporter behind the module-level calls."""
        with self._lock:
            if self._reporter is None or self._reporter.closed:
                self._reporter = connect()
            return self._reporter

    def replace(self, reporter: Reporter | None) -> Reporter | None:
        """Puts another reporter in its place, None to make it anew when needed; answers the one before."""
        with self._lock:
            before, self._reporter = self._reporter, reporter
            return before


default_reporter = Default()


def connect(url: str | None = None) -> Reporter:
    """A reporter of your own: to a server (`https://…`) or straight to a store (`sqlite:////var/lib/app/jobs.db`).

    Without a URL: HEADWAY_STORE, else the file in the user's data folder that `headway serve` shows too.
    """
    from headway.reporting.connecting import connected

    return connected(url)


def create(kind: str, **given: Any) -> JobHandle:
    """A pending job, for another process to take part in; see Reporter.create."""
    return default_reporter().create(kind, **given)


def attach(id: str, *, takeover: bool = False) -> JobHandle:
    """Takes part in a job that exists; see Reporter.attach."""
    return default_reporter().attach(id, takeover=takeover)


def resume(id: str, *, takeover: bool = False, wait_s: float = 0.0, **given: Any) -> JobHandle | None:
    """Begins with a job, or goes on where its worker left it; None when it has ended; see Reporter.resume."""
    return default_reporter().resume(id, takeover=takeover, wait_s=wait_s, **given)


def start(kind: str, **given: Any) -> JobHandle:
    """Creates a job and takes part in it; see Reporter.create."""
    return default_reporter().start(kind, **given)


def get(id: str) -> dict[str, Any]:
    """A job as the store has it, in the names of the wire."""
    return default_reporter().get(id)


def jobs(**asked: Any) -> list[dict[str, Any]]:
    """The jobs that fit, newest first: `headway.jobs(subject="file-12", status="running")`; see Reporter.jobs."""
    return default_reporter().jobs(**asked)


def history(id: str, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """A job's history in order, the entries with a `seq` above `after`; see Reporter.history."""
    return default_reporter().history(id, after=after, limit=limit)


def cancel(id: str) -> dict[str, Any]:
    """Asks for a job to stop."""
    return default_reporter().cancel(id)


def retry(id: str, *, keep_steps: bool = False) -> dict[str, Any]:
    """Reopens an ended job as a new attempt."""
    return default_reporter().retry(id, keep_steps=keep_steps)


def track(
    iterable: Iterable[_Item],
    *,
    step: str | None = None,
    total: int | None = None,
    unit: str | None = None,
    bar: bool = False,
) -> Generator[_Item, None, None]:
    """Yields the items and counts them in the current job; outside any job it is just a loop.

    `bar`: outside a job, draws a bar on the terminal.
    """
    job = current()
    if job is not None:
        return job.track(iterable, step=step, total=total, unit=unit)
    if bar:
        from headway.reporting.terminal import drawn

        return drawn(iterable, total=total, unit=unit, label=step)
    return (item for item in iterable)
