"""Owns the lives of jobs as a stream tells them: frames made by the core, some ticks left out as a slow line would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headway.core.changes import Event
from headway.core.commands import Command
from headway.core.create import check_facts, create
from headway.core.errors import HeadwayError
from headway.core.job import Job
from headway.core.plan import Plan
from headway.core.rules import apply
from headway.core.wire import event_wire, job_wire
from tests.core.jobs import ID, NOW

Frame = tuple[str, dict[str, Any]]


def born(plan: Plan) -> tuple[Job, list[Frame]]:
    """A pending job, and what a stream says of it."""
    job, event = create(check_facts("index", id=ID, now=NOW), plan, NOW)
    return job, [("snapshot", job_wire(job)), ("event", event_wire(job.id, event))]


def lived(job: Job, commands: Sequence[Command], *, every: int = 1) -> tuple[Job, list[Frame]]:
    """The job after the commands that were not refused, and the frames; of states only each `every`th is sent."""
    frames: list[Frame] = []
    for number, command in enumerate(commands):
        try:
            job, changes = apply(job, command, NOW + number)
        except HeadwayError:
            continue
        frames += [("event", event_wire(job.id, change)) for change in changes if isinstance(change, Event)]
        if changes and not isinstance(changes[-1], Event) and number % every == 0:
            frames.append(("state", job_wire(job)))
    return job, frames
