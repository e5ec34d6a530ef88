"""Owns what each of the three functions means: the same report, in commands of the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from headway.core import commands as c
from headway.core.changes import Change, Event
from headway.core.draft import Draft
from headway.core.errors import Fenced, InvalidReport
from headway.core.job import Job, StepStatus
from headway.core.rules import apply, check_attempt
from headway.core.table import next_phase


class Update(NamedTuple):
    """`update_job_progress`, in the order of its arguments."""

    stage: str | None
    current_step: int | None
    total_steps: int | None
    message: str | None
    attempt: int | None = None


class Complete(NamedTuple):
    """`complete_job_progress`."""

    message: str | None = None
    attempt: int | None = None


class Error(NamedTuple):
    """`error_job_progress`."""

    error_message: str | None
    attempt: int | None = None


Call = Update | Complete | Error
FUNCTIONS = {Update: "update_job_progress", Complete: "complete_job_progress", Error: "error_job_progress"}
_FIRST: dict[type[Call], str] = {Update: "update", Complete: "succeed", Error: "fail"}


class Twin:
    """A job that only the core changes."""

    def __init__(self, job: Job, born: Event) -> None:
        self.job = job
        self.history = [born]
        self._refused: set[int] = set()

    def tell(self, command: c.Command, now: int) -> None:
        self._follow(*apply(self.job, command, now))

    def report(self, call: Call, now: int) -> str | None:
        """Does what the call asks for, or answers that its attempt was superseded. Raises what refuses it."""
        try:
            self._follow(*_decided(self.job, call, now))
        except Fenced as fenced:
            if fenced.attempt not in self._refused:
                self.tell(c.RecordRefusal(attempt=fenced.attempt, producer="sql"), now)
            self._refused.add(fenced.attempt)
            return str(fenced)
        return None

    def _follow(self, after: Job, changes: Sequence[Change]) -> None:
        self.job = after
        self.history += [change for change in changes if isinstance(change, Event)]


def _decided(job: Job, call: Call, now: int) -> tuple[Job, Sequence[Change]]:
    changes: list[Change] = []
    if job.status == "pending":
        job, changes = _applied(job, changes, c.Attach(), now)
    if call.attempt is not None:
        check_attempt(job, call.attempt)
    next_phase(job, _FIRST[type(call)])
    for command in _commands(job, call):
        job, changes = _applied(job, changes, command, now)
    return job, changes


def _applied(job: Job, changes: list[Change], command: c.Command, now: int) -> tuple[Job, list[Change]]:
    after, more = apply(job, command, now)
    return after, [*changes, *more]


def _commands(job: Job, call: Call) -> Iterator[c.Command]:
    match call:
        case Update():
            yield from _updates(job, call)
        case Complete(message=message):
            if message is not None:
                yield c.Update(message=message)
            yield c.Succeed()
        case Error(error_message=text):
            yield c.Fail(error=text)  # type: ignore[arg-type]  # the core refuses what is no text


def _updates(job: Job, call: Update) -> Iterator[c.Command]:
    if not job.steps and call.stage is None:
        yield c.Update(current=call.current_step, total=call.total_steps, message=call.message)
        return
    stage = _known(job, call.stage)
    if job.steps[stage].status is not StepStatus.RUNNING:
        yield from (c.FinishStep(step=s.name) for s in job.steps.values() if s.status is StepStatus.RUNNING)
    yield c.Update(message=call.message)
    yield c.StartStep(step=stage)


def _known(job: Job, stage: Any) -> str:
    """The database makes no plan: a stage must be a step already, also where the core would add it."""
    if stage is None:
        raise InvalidReport("stage", "is needed")
    return Draft(job, 0).step(stage).name
