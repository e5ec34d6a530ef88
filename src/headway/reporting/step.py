"""The handle of one step: counts, and ends with its `with`."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Any

from headway.core.commands import FailStep, FinishStep, Report, SkipStep
from headway.core.errors import Cancelled, Fenced, HeadwayError, InvalidReport
from headway.core.instant import from_datetime
from headway.reporting import captured
from headway.reporting.counter import Counter
from headway.reporting.producer import Producer


class StepHandle:
    """A step that is running. Leaving its `with` ends it: normally it succeeds, with an exception it fails.

    Without a `with` it ends by `succeed`, `fail` or `skip`, by the next step, or with its job.
    """

    __slots__ = ("_counter", "_job", "_producer", "entered", "name", "open")

    def __init__(self, job: object, producer: Producer, name: str) -> None:
        self._job = job  # a step in use keeps its job in use
        self.name = name
        self.open = True
        self.entered = False
        self._producer = producer
        self._counter: Counter = producer.counter(name)

    def advance(self, n: int = 1) -> None:
        """Adds to the step's count; a tick. Raises Cancelled or Fenced once the work should stop."""
        counter = self._counter
        if counter.stopped or n.__class__ is not int or n < 0:
            balk(self._producer, n)
        counter.n += n

    def update(
        self,
        *,
        current: int | None = None,
        total: int | None = None,
        unit: str | None = None,
        message: str | None = None,
    ) -> None:
        """Sets counts or the step's short message; a tick, the newest wins."""
        self._counter.set(current=current, total=total, unit=unit, message=message)
        check_stop(self._producer)

    def succeed(self, message: str | None = None, *, detail: Any = None, at: datetime | None = None) -> None:
        """Ends the step well. `detail`: any JSON, kept with the event; `at`: when it happened, if not now."""
        self._end(FinishStep(step=self.name, message=message, detail=detail, at=moment(at)))

    def fail(self, error: str | BaseException, *, detail: Any = None, at: datetime | None = None) -> None:
        """Ends the step as failed; the job goes on until it says otherwise."""
        text = captured.sentence(error) if isinstance(error, BaseException) else error
        self._end(FailStep(step=self.name, error=text, detail=detail, at=moment(at)))

    def skip(self, message: str | None = None, *, detail: Any = None, at: datetime | None = None) -> None:
        """Ends the step as not needed."""
        self._end(SkipStep(step=self.name, message=message, detail=detail, at=moment(at)))

    def __enter__(self) -> StepHandle:
        self.entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.open or isinstance(error, Cancelled | Fenced):
            return  # its job's end settles it
        if error is None:
            self.succeed()
            return
        try:
            self.fail(error)
        except HeadwayError as refused:  # an exception that is on its way is never replaced by one of ours
            error.add_note(f"headway: the end of step {self.name} could not be reported: {refused}")

    def tell(self, command: Report) -> None:
        """Reports how it ended."""
        self._producer.report((command,))

    def _end(self, command: Report) -> None:
        if self.open:
            self.tell(command)
            self.open = False
            self._producer.counters.pop(self.name, None)


def moment(at: datetime | None) -> int | None:
    """When an event happened, as the wire has it; None means now. A time without its zone is refused."""
    return None if at is None else from_datetime("at", at)


def balk(producer: Producer, n: object) -> None:
    """Why a count was not taken: the work should stop, or it is no count."""
    check_stop(producer)
    if isinstance(n, bool) or not isinstance(n, int):
        raise InvalidReport("delta", f"must be a whole number, not {n!r:.40}")
    if n < 0:
        raise InvalidReport("delta", f"must not be negative, got {n}")


def check_stop(producer: Producer) -> None:
    """Raises Cancelled or Fenced once it is known that the work should stop."""
    if producer.stop is not None:
        raise producer.stop
