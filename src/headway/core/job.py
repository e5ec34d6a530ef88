"""The state of a job: its facts, its steps, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from headway.core.record import Record


class Status(StrEnum):
    """Where a job is in its life. Health is a second fact and never a status."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    """Where a step is in its life."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


class Mode(StrEnum):
    """How a job's percent comes from its steps."""

    WEIGHTS = "weights"  # what remains is the sum of what each step has left
    RANGES = "ranges"  # a started step puts the percent into its own range


TERMINAL: Final = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})
OPEN: Final = (StepStatus.PENDING, StepStatus.RUNNING)
WAIT_REASONS: Final = ("retry", "child", "input", "schedule")
FAIL_REASONS: Final = ("error", "timeout", "lost", "expired")
ALMOST: Final = 999  # 99.9 %: the most that is shown before success, in tenths of a percent
WHOLE: Final = 1000  # 100 %: of a job only its success, of a step all that there was to count
_NOTHING: Final[Mapping[str, Any]] = {}  # never written to


class Facts(Record):
    """What never changes about a job. Times are microseconds since 1970, UTC."""

    id: str
    kind: str
    created_at: int
    project: str | None = None
    tenant: str | None = None
    subject: str | None = None
    external_id: str | None = None
    labels: Mapping[str, Any] = _NOTHING
    parent_id: str | None = None
    parent_step: str | None = None  # the parent's step that stands for this child


class Step(Record):
    """A named part of a job. `low` and `high` bound its share of the job's percent (0 to 100)."""

    name: str
    position: int
    group: str = "main"
    weight: float = 1.0
    low: float = 0.0
    high: float = 0.0
    status: StepStatus = StepStatus.PENDING
    attempt: int = 0
    current: int = 0
    total: int | None = None
    unit: str | None = None
    permille: int | None = None  # tenths of a percent; None while it cannot be known
    message: str | None = None
    error: str | None = None
    started_at: int | None = None
    finished_at: int | None = None
    version: int = 0  # the job's version at this step's last change

    @property
    def settled(self) -> bool:
        return self.status not in OPEN


class Job(Record):
    """A job's whole current state. `version` counts stored changes, `seq` events, both from 1 at creation."""

    facts: Facts
    mode: Mode = Mode.WEIGHTS
    open: bool = True  # whether steps may be added
    status: Status = Status.PENDING
    reason: str | None = None
    health: str = "ok"  # the stored verdict: ok or lost; slow and stalled are derived when read
    attempt: int = 0
    permille: int | None = None
    plan_rev: int = 1
    step: str | None = None  # the running step that was started last
    message: str | None = None
    current: int = 0
    total: int | None = None
    unit: str | None = None
    result: Any = None
    error: str | None = None
    started_at: int | None = None  # the first start
    attempt_started_at: int | None = None
    finished_at: int | None = None
    updated_at: int = 0
    last_progress_at: int | None = None
    cancel_requested_at: int | None = None
    due_at: int | None = None  # when a waiting job means to go on
    keep_steps: bool = False  # the next attempt keeps the steps that succeeded
    version: int = 0
    seq: int = 0
    event_version: int = 0  # the version of the last event: steps changed since are not in history yet
    steps: Mapping[str, Step] = _NOTHING

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def terminal(self) -> bool:
        return self.status in TERMINAL
