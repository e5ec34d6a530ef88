"""The transition tables: every phase × every command, also what is refused. The only place for these rules.

A cell is the phase that follows, or a refusal that starts with `!` and says what to do instead. The phase `retrying`
is the status `waiting` with the reason `retry`: its attempt has ended, and the next one starts when a worker attaches.
"""

from __future__ import annotations

from typing import Final

from headway.core.errors import IllegalTransition
from headway.core.job import Job, Status, Step, StepStatus

PHASES: Final = ("pending", "running", "waiting", "retrying", "succeeded", "failed", "cancelled")

_ATTACH = "!attach to it first"
_ENDED = "!it has ended; retry it to start a new attempt"
_NEXT = "!its attempt has ended; attach to start the next one"
_OVER = "!it has ended already"
_ALIVE = "!only a running job can be lost"

_REPORT = (_ATTACH, "running", "running", _NEXT, _ENDED, _ENDED, _ENDED)

JOB_TABLE: Final[dict[str, tuple[str, ...]]] = {
    # command       pending      running      waiting      retrying     succeeded    failed       cancelled
    "attach": ("running", "running", "running", "running", _ENDED, _ENDED, _ENDED),
    "start_step": _REPORT,
    "advance": _REPORT,
    "update": _REPORT,
    "finish_step": _REPORT,
    "fail_step": _REPORT,
    "skip_step": _REPORT,
    "add_steps": (_ATTACH, "running", "waiting", _NEXT, _ENDED, _ENDED, _ENDED),
    "note": (_ATTACH, "running", "waiting", _NEXT, _ENDED, _ENDED, _ENDED),
    "wait": (_ATTACH, "waiting", "waiting", _NEXT, _ENDED, _ENDED, _ENDED),
    "wait_for_retry": (_ATTACH, "retrying", "retrying", _NEXT, _ENDED, _ENDED, _ENDED),
    "succeed": (_ATTACH, "succeeded", "succeeded", _NEXT, _ENDED, _ENDED, _ENDED),
    "fail": (_ATTACH, "failed", "failed", _NEXT, _ENDED, _ENDED, _ENDED),
    "cancel": (_ATTACH, "cancelled", "cancelled", "cancelled", _ENDED, _ENDED, _ENDED),
    "request_cancel": ("cancelled", "running", "waiting", "cancelled", _OVER, _OVER, _OVER),
    "retry": (
        "!it has not started yet",
        "!it is running; cancel it first",
        "!it is waiting; cancel it first",
        "retrying",
        "retrying",
        "retrying",
        "retrying",
    ),
    "lose": (_ALIVE, "running", _ALIVE, _ALIVE, _ALIVE, _ALIVE, _ALIVE),
    "find": (_ALIVE, "running", _ALIVE, _ALIVE, _ALIVE, _ALIVE, _ALIVE),
    "give_up": ("failed", "failed", "failed", "failed", _OVER, _OVER, _OVER),
    "roll_up": (_ATTACH, "running", "waiting", _NEXT, _ENDED, _ENDED, _ENDED),
    "record_refusal": PHASES,
}

STEP_PHASES: Final = ("pending", "running", "succeeded", "failed", "skipped")

_UNSTARTED = "!start it first"
_SETTLED = "!it has ended; start it again for a new attempt of the step"

STEP_TABLE: Final[dict[str, tuple[str, ...]]] = {
    # command       pending      running      succeeded    failed       skipped
    "start_step": ("running", "running", "running", "running", "running"),
    "advance": (_UNSTARTED, "running", _SETTLED, _SETTLED, _SETTLED),
    "update": (_UNSTARTED, "running", _SETTLED, _SETTLED, _SETTLED),
    "finish_step": ("succeeded", "succeeded", "succeeded", _SETTLED, _SETTLED),
    "fail_step": ("failed", "failed", _SETTLED, "failed", _SETTLED),
    "skip_step": ("skipped", "skipped", _SETTLED, _SETTLED, "skipped"),
    "roll_up": (_UNSTARTED, "running", _SETTLED, _SETTLED, _SETTLED),
}

_JOB_ROWS = {command: dict(zip(PHASES, row, strict=True)) for command, row in JOB_TABLE.items()}
_STEP_ROWS = {
    command: {
        status: cell if cell.startswith("!") else StepStatus(cell)
        for status, cell in zip(STEP_PHASES, row, strict=True)
    }
    for command, row in STEP_TABLE.items()
}


def phase(job: Job) -> str:
    """The column of the table that a job is in."""
    return "retrying" if job.status is Status.WAITING and job.reason == "retry" else job.status


def next_phase(job: Job, command: str) -> str:
    """The phase after the command, or IllegalTransition."""
    now = phase(job)
    cell = _JOB_ROWS[command][now]
    if cell[0] == "!":
        raise IllegalTransition(command, str(now), cell[1:])
    return cell


def next_step_status(step: Step, command: str) -> StepStatus:
    """The step's status after the command, or IllegalTransition."""
    cell = _STEP_ROWS[command][step.status]
    if not isinstance(cell, StepStatus):
        raise IllegalTransition(command, str(step.status), cell[1:], step=step.name)
    return cell
