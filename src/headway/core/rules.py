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
    draft = _drafted(job, command, now)
    return draft.job, tuple(draft.changes)


def report(job: Job, attempt: int, items: Sequence[c.Report], now: int) -> tuple[Job, tuple[Change, ...]]:
    """All items of one batch or none of them. Raises Fenced for an older attempt; a refused item carries its index."""
    check_attempt(job, attempt)
    changes: list[Change] = []
    for index, item in enumerate(items):
        job, more = _indexed(job, item, now, index)
        changes.extend(more)
    return job, tuple(changes)


def check_attempt(job: Job, attempt: int) -> None:
    """Refuses the reports of an attempt that is not the job's present one."""
    if attempt < job.attempt:
        raise Fenced(job.id, attempt, job.attempt)
    if attempt > job.attempt:
        raise InvalidReport("attempt", f"{attempt} has not begun, the job is at attempt {job.attempt}")


def _drafted(job: Job, command: c.Command, now: int) -> Draft:
    draft = Draft(job, now, None if command.at is None else limits.moment("at", command.at))
    if job.health == "lost" and isinstance(command, c.Report):
        job_rules.found_by_report(draft)
    _RULES[type(command)](draft, command)
    return draft


def _indexed(job: Job, item: c.Report, now: int, index: int) -> tuple[Job, tuple[Change, ...]]:
    try:
        return apply(job, item, now)
    except HeadwayError as error:
        error.index = index
        raise
