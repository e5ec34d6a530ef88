"""Owns ready-made jobs for the tests of the core, brought by commands alone into the phase that a test wants."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from headway.core import commands as c
from headway.core.changes import Change, Event
from headway.core.create import check_facts, create
from headway.core.errors import HeadwayError
from headway.core.job import Job, Status
from headway.core.plan import parse_plan
from headway.core.rules import apply

ID = "0192d3a0-7c00-7000-8000-000000000001"
NOW = 1_764_000_000_000_000  # µs: some day in 2025
SECOND = 1_000_000


def made(*steps: Any, open: bool | None = None, **facts: Any) -> Job:
    """A pending job with these steps, created a second before NOW."""
    born = NOW - SECOND
    return create(check_facts("index", id=ID, now=born, **facts), parse_plan(steps, open=open), born)[0]


def after(job: Job, *commands: c.Command, now: int = NOW) -> Job:
    """The job after these commands, none of which may be refused."""
    for command in commands:
        job, _ = apply(job, command, now)
    return job


def running(*steps: Any, open: bool | None = None) -> Job:
    return after(made(*steps, open=open), c.Attach())


def in_phase(phase: str) -> Job:
    """A job with the steps scan (started, 3 of 10), load and store (pending, if its end left them so)."""
    fresh = made("scan", ("load", 2), "store", open=True)
    if phase == "pending":
        return fresh
    job = after(fresh, c.Attach(), c.StartStep(step="scan"), c.Update(current=3, total=10))
    return after(job, *_ROADS[phase])


_ROADS: dict[str, Sequence[c.Command]] = {
    "running": (),
    "waiting": (c.Wait(reason="child"),),
    "retrying": (c.Wait(reason="retry", error="connection lost"),),
    "succeeded": (c.Succeed(result={"files": 10}),),
    "failed": (c.Fail(error="disk full"),),
    "cancelled": (c.Cancel(),),
}
PHASES = ("pending", *_ROADS)


def phase_of(job: Job) -> str:
    """Status, but for the waiting between two attempts, which has rules of its own."""
    return "retrying" if (job.status, job.reason) == (Status.WAITING, "retry") else str(job.status)


def events(job: Job, command: c.Command, now: int = NOW) -> list[Event]:
    """The history entries that a command makes."""
    return [change for change in changes(job, command, now) if isinstance(change, Event)]


def types(job: Job, command: c.Command, now: int = NOW) -> list[str]:
    """What happened, by name and in order; a tick is called so."""
    return [change.type if isinstance(change, Event) else "tick" for change in changes(job, command, now)]


def changes(job: Job, command: c.Command, now: int = NOW) -> Sequence[Change]:
    return apply(job, command, now)[1]


def statuses(job: Job) -> dict[str, str]:
    """Each step's status, by name."""
    return {name: str(step.status) for name, step in job.steps.items()}


def refused(job: Job, command: c.Command, now: int = NOW) -> HeadwayError:
    """The error of a command that must be refused, and must leave everything as it was."""
    before = pickle.dumps(job)
    with pytest.raises(HeadwayError) as caught:
        apply(job, command, now)
    assert pickle.dumps(job) == before
    return caught.value
