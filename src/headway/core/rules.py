"""Decisions: what a command changes about a job, or why it is refused. Refused means nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from headway.core import commands as c
from headway.core import job_rules, limits, step_rules
from headway.core.changes import Change
from headway.core.draft import Draft
from headway.core.errors import Fenced, HeadwayError, InvalidReport
from headway.core.job import Job

_RULES: dict[type, Callable[[Draft, Any], None]] = {
    c.Attach: job_rules.attach,
    c.StartStep: step_rules.start,
    c.Advance: step_rules.advance,
    c.Update: step_rules.update,
    c.FinishStep: step_rules.finish,
    c.FailStep: step_rules.fail,
    c.SkipStep: step_rules.skip,
    c.AddSteps: step_rules.add,
    c.Note: job_rules.note,
    c.Wait: job_rules.wait,
    c.Succeed: job_rules.succeed,
    c.Fail: job_rules.fail,
    c.Cancel: job_rules.cancel,
    c.RequestCancel: job_rules.request_cancel,
    c.Retry: job_rules.retry,
    c.Lose: job_rules.lose,
    c.Find: job_rules.find,
    c.GiveUp: job_rules.give_up,
    c.RollUp: step_rules.roll_up,
    c.RecordRefusal: job_rules.record_refusal,
}


def decide(job: Job, command: c.Command, now: int) -> tuple[Change, ...]:
    """The changes that a command makes; raises a HeadwayError when it is refused. `now`: microseconds, UTC."""
    return apply(job, command, now)[1]


def apply(job: Job, command: c.Command, now: int) -> tuple[Job, tuple[Change, ...]]:
    """The state after a command, and the changes that lead to it."""
    draft = Draft(job, now)
    _take(draft, command)
    return draft.job, tuple(draft.changes)


def report(job: Job, attempt: int, items: Sequence[c.Report], now: int) -> tuple[Job, tuple[Change, ...]]:
    """All items of one batch or none of them. Raises Fenced for an older attempt; a refused item carries its index."""
    check_attempt(job, attempt)
    draft = Draft(job, now)
    for index, item in enumerate(items):
        try:
            _take(draft, item)
        except HeadwayError as error:
            error.index = index
            raise
    return draft.job, tuple(draft.changes)


def check_attempt(job: Job, attempt: int) -> None:
    """Refuses the reports of an attempt that is not the job's present one."""
    if attempt < job.attempt:
        raise Fenced(job.id, attempt, job.attempt)
    if attempt > job.attempt:
        raise InvalidReport("attempt", f"{attempt} has not begun, the job is at attempt {job.attempt}")


def _take(draft: Draft, command: c.Command) -> None:
    """Adds what a command changes; a draft whose command was refused is of no use any more."""
    draft.at = draft.now if command.at is None else limits.moment("at", command.at)
    if draft.job.health == "lost" and isinstance(command, c.Report):
        job_rules.found_by_report(draft)
    _RULES[type(command)](draft, command)
