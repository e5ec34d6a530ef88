"""What can be asked of a job: each command is one request, each becomes changes or is refused by name.

Named tuples, not dataclasses: twenty of those would cost a worker 15 ms of import.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from headway.core.plan import StepSpec


class Attach(NamedTuple):
    """A worker takes part: starts a pending job, joins a running one, or supersedes its attempt."""

    at: int | None = None
    takeover: bool = False


class StartStep(NamedTuple):
    step: str
    message: str | None = None
    detail: Any = None
    at: int | None = None


class Advance(NamedTuple):
    """A tick: adds `delta` to the step's count, to the running step's without a name, to the job's without steps."""

    delta: int = 1
    step: str | None = None
    at: int | None = None


class Update(NamedTuple):
    """A tick: sets counts and the short message; the newest wins."""

    step: str | None = None
    current: int | None = None
    total: int | None = None
    unit: str | None = None
    message: str | None = None
    at: int | None = None


class FinishStep(NamedTuple):
    step: str
    message: str | None = None
    detail: Any = None
    at: int | None = None


class FailStep(NamedTuple):
    step: str
    error: str
    detail: Any = None
    at: int | None = None


class SkipStep(NamedTuple):
    step: str
    message: str | None = None
    detail: Any = None
    at: int | None = None


class AddSteps(NamedTuple):
    steps: tuple[StepSpec, ...]
    at: int | None = None


class Note(NamedTuple):
    """Appends to the history and changes nothing else."""

    message: str
    detail: Any = None
    at: int | None = None


class Wait(NamedTuple):
    """Nothing to do for now: `reason` is retry, child, input or schedule; a retry ends the attempt."""

    reason: str
    until: int | None = None
    keep_steps: bool = False
    error: str | None = None
    at: int | None = None


class Succeed(NamedTuple):
    result: Any = None
    at: int | None = None


class Fail(NamedTuple):
    error: str
    reason: str = "error"
    detail: Any = None
    at: int | None = None


class Cancel(NamedTuple):
    """The worker says that it stopped because it was asked to (`cancelled` on the wire)."""

    at: int | None = None


class RequestCancel(NamedTuple):
    """Somebody asks the worker to stop."""

    at: int | None = None


class Retry(NamedTuple):
    """Somebody reopens an ended job as a new attempt; `keep_steps` goes on from the failed step."""

    keep_steps: bool = False
    at: int | None = None


class Lose(NamedTuple):
    """The sweeper's verdict: nobody holds the lease."""

    at: int | None = None


class Find(NamedTuple):
    """The sweeper takes its verdict back: a lease of this attempt beats again."""

    at: int | None = None


class GiveUp(NamedTuple):
    """A policy makes a job failed that nobody ends: lost, timeout or expired."""

    reason: str
    error: str
    at: int | None = None


class RollUp(NamedTuple):
    """A tick: how far the children are that a step stands for; `permille` is the mean of theirs."""

    step: str
    current: int
    total: int
    permille: int
    at: int | None = None


class RecordRefusal(NamedTuple):
    """Writes into the history that a superseded attempt tried to report."""

    attempt: int
    producer: str
    at: int | None = None


Report = (
    StartStep | Advance | Update | FinishStep | FailStep | SkipStep | AddSteps | Note | Wait | Succeed | Fail | Cancel
)
"""What a worker sends; fenced by its attempt."""

Command = Report | Attach | RequestCancel | Retry | Lose | Find | GiveUp | RollUp | RecordRefusal
"""Everything that can be asked of a job."""
