"""The handle of one job in a worker: what reports, and ends the attempt with its `with`."""

from __future__ import annotations

import weakref
from collections.abc import Generator, Iterable, Sequence
from contextvars import Token
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from headway.core import commands as c
from headway.core.errors import Cancelled, Fenced, HeadwayError
from headway.core.instant import from_datetime
from headway.core.plan import parse_steps
from headway.reporting import captured
from headway.reporting.context import current_job, left
from headway.reporting.forward import Forward, RepeatedStep
from headway.reporting.producer import Producer
from headway.reporting.step import StepHandle, balk, check_stop, moment
from headway.reporting.track import counted, counted_step

if TYPE_CHECKING:
    from headway.reporting.reporter import Reporter

_Item = TypeVar("_Item")


class JobHandle:
    """A job, as a worker takes part in it. Works with and without `with`.

    Every report that is history returns `stored` (on stable storage) or `spooled` (safe on the local disk while the
    store is away). Reports raise Cancelled (somebody asked), Fenced (a newer attempt took over) and programming errors.
    """

    def __init__(self, reporter: Reporter, producer: Producer, kind: str) -> None:
        self.id = producer.job_id
        self.kind = kind
        self.result: Any = None
        self._reporter = reporter
        self._producer = producer
        self._counter = producer.counter(None)
        self._loose: StepHandle | None = None  # a step opened without `with`: the next one ends it
        self._forward: Forward | None = None
        self._tokens: list[Token[JobHandle | None]] = []
        weakref.finalize(self, setattr, producer, "dropped", True).atexit = False

    @property
    def attempt(self) -> int | None:
        """The attempt that this handle takes part in; None before it is attached."""
        return self._producer.part.attempt if self._producer.part else None

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for this job to stop."""
        return isinstance(self._producer.stop, Cancelled)

    def attach(self, *, takeover: bool = False) -> JobHandle:
        """Takes part in the job; starts it if it is pending or waiting."""
        self._producer.attach(takeover=takeover)
        return self

    def forward_only(self) -> JobHandle:
        """From here on a step that comes before the present one raises BackwardStep; the handle itself.

        A worker that goes on where another one left the job may do the work of the steps before once more: they are
        not told again until it comes to the furthest that was begun. Steps beside others (`parallel`) are free.
        """
        self._forward = Forward(self._reporter.begun_steps(self.id))
        return self

    def step(
        self,
        name: str,
        message: str | None = None,
        *,
        detail: Any = None,
        at: datetime | None = None,
        parallel: bool = False,
    ) -> StepHandle:
        """Starts a step; one that runs already is joined. A step that was started without `with` before ends here.

        `message` becomes the step's, `detail` is any JSON kept with the event, `at` is when it started, if not now.
        `parallel`: this step runs beside the others: it ends none, and no later one ends it.
        """
        if self._forward is not None and not parallel and self._forward.repeats(name):
            self._forward.reached(name)
            return RepeatedStep(self, self._producer, name)
        start = c.StartStep(step=name, message=message, detail=detail, at=moment(at))
        if parallel:
            self._producer.report((start,))
            return StepHandle(self, self._producer, name)
        items: list[c.Report] = []
        if self._loose is not None and self._loose.open and not self._loose.entered and self._loose.name != name:
            items.append(c.FinishStep(step=self._loose.name, at=start.at))
        self._producer.report((*items, start))
        if items and self._loose is not None:
            self._loose.open = False
            self._producer.counters.pop(self._loose.name, None)
        self._loose = StepHandle(self, self._producer, name)
        if self._forward is not None:
            self._forward.reached(name)
        return self._loose

    def track(
        self, iterable: Iterable[_Item], *, step: str | None = None, total: int | None = None, unit: str | None = None
    ) -> Generator[_Item, None, None]:
        """Yields the items and counts them: in a step of its own when `step` names one, else where the job is."""
        if step is None:
            return counted(self._producer, self._counter, iterable, total, unit)
        return counted_step(self._producer, partial(self.step, step), iterable, total, unit)

    def advance(self, n: int = 1) -> None:
        """Adds to the count of the running step, or of a job without steps; a tick."""
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
        """Sets counts or the job's short message; a tick, the newest wins."""
        self._counter.set(current=current, total=total, unit=unit, message=message)
        check_stop(self._producer)

    def note(self, text: str, *, detail: Any = None, at: datetime | None = None) -> str:
        """Appends to the history. `detail`: any JSON; `at`: when it happened, if not now."""
        return self._report(c.Note(message=text, detail=detail, at=moment(at)))

    def add_steps(self, steps: Sequence[Any], *, at: datetime | None = None) -> str:
        """Adds steps to the plan, in the forms that `create` takes; those that are there already stay."""
        return self._report(c.AddSteps(steps=parse_steps(steps), at=moment(at)))

    def skip(self, step: str, message: str | None = None, *, detail: Any = None, at: datetime | None = None) -> str:
        """Says that a step is not needed."""
        return self._report(c.SkipStep(step=step, message=message, detail=detail, at=moment(at)))

    def finish(self, step: str, message: str | None = None, *, detail: Any = None, at: datetime | None = None) -> str:
        """Ends a step well, whoever began it; one that nobody began is begun with it."""
        return self._report(c.FinishStep(step=step, message=message, detail=detail, at=moment(at)))

    def fail_step(
        self, step: str, error: str | BaseException, *, detail: Any = None, at: datetime | None = None
    ) -> str:
        """Ends a step as failed, whoever began it; the job goes on."""
        text = captured.sentence(error) if isinstance(error, BaseException) else error
        return self._report(c.FailStep(step=step, error=text, detail=detail, at=moment(at)))

    def wait(self, reason: str, *, until: datetime | None = None, at: datetime | None = None) -> str:
        """Says that there is nothing to do for now: `child`, `input` or `schedule`."""
        due = None if until is None else from_datetime("until", until)
        return self._report(c.Wait(reason=reason, until=due, at=moment(at)))

    def retry(
        self,
        error: str | BaseException | None = None,
        *,
        after: timedelta | None = None,
        keep_steps: bool = False,
        at: datetime | None = None,
    ) -> str:
        """Ends the attempt and waits for the next: never through `failed`."""
        due = None if after is None else self._reporter.now() + int(after.total_seconds() * 1_000_000)
        text = captured.sentence(error) if isinstance(error, BaseException) else error
        return self._end(c.Wait(reason="retry", until=due, keep_steps=keep_steps, error=text, at=moment(at)))

    def succeed(self, result: Any = None, *, at: datetime | None = None) -> str:
        """Ends the job well; `result` is any JSON, `job.result` when it is not given."""
        return self._end(c.Succeed(result=self.result if result is None else result, at=moment(at)))

    def fail(
        self, error: str | BaseException, *, reason: str = "error", detail: Any = None, at: datetime | None = None
    ) -> str:
        """Ends the job as failed, with the percent that it had. `detail`: any JSON, an exception's own unless given."""
        if isinstance(error, BaseException):
            detail = captured.detail(error) if detail is None else detail
            error = captured.sentence(error)
        return self._end(c.Fail(error=error, reason=reason, detail=detail, at=moment(at)))

    def cancel(self) -> None:
        """Asks for the job to stop, as anybody may."""
        self._reporter.cancel(self.id)

    def acknowledge_cancel(self, *, at: datetime | None = None) -> str:
        """Says that the work stopped because it was asked to; leaving the `with` by Cancelled says it too."""
        return self._end(c.Cancel(at=moment(at)))

    def child(self, kind: str, *, step: str | None = None, **facts: Any) -> JobHandle:
        """A pending job of which this one is the parent; `step` is the step here that stands for it."""
        return self._reporter.create(kind, parent=self.id, parent_step=step, **facts)

    def snapshot(self) -> dict[str, Any]:
        """The job as the store has it, in the names of the wire."""
        return self._reporter.get(self.id)

    def flush(self) -> None:
        """Brings everything that was counted to the store now."""
        self._reporter.flush()

    def detach(self) -> None:
        """Stops taking part: flushes, and no longer keeps the job from being called lost."""
        self._reporter.drop(self._producer)

    def __enter__(self) -> JobHandle:
        if self._producer.part is None:
            self.attach()
        self._tokens.append(current_job.set(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left(current_job, self._tokens.pop())
        self.leave(error)

    def leave(self, error: BaseException | None) -> None:
        """What leaving the `with` does: ends the attempt if this handle began it, and detaches."""
        try:
            if self._producer.began and not self._producer.ended:
                self._leave(error)
        finally:
            self._detach(error)

    def _detach(self, error: BaseException | None) -> None:
        try:
            self.detach()
        except HeadwayError as refused:
            if error is None:
                raise
            error.add_note(f"headway: the last counts of job {self.id} could not be reported: {refused}")

    def _leave(self, error: BaseException | None) -> None:
        """What leaving means. An exception that is on its way is never replaced by one of ours."""
        if isinstance(error, Fenced):
            return
        try:
            if error is None:
                self.succeed()
            elif isinstance(error, Cancelled):
                self.acknowledge_cancel()
            else:
                self.fail(error)
        except HeadwayError as refused:
            if error is None:
                raise
            error.add_note(f"headway: the end of job {self.id} could not be reported: {refused}")

    def _report(self, command: c.Report) -> str:
        return self._producer.report((command,)).outcome

    def _end(self, command: c.Report) -> str:
        outcome = self._producer.report((command,)).outcome
        self._producer.ended = True
        self._reporter.forget(self._producer)
        return outcome
