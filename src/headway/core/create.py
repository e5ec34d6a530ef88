"""The birth of a job: its checked facts, its plan, and its first event."""

from __future__ import annotations

from typing import Any

from headway.core import limits
from headway.core.changes import Event, evolve
from headway.core.errors import InvalidReport
from headway.core.job import Facts, Job
from headway.core.plan import Plan, spread


def check_facts(
    kind: str,
    *,
    id: str,
    now: int,
    project: str | None = None,
    tenant: str | None = None,
    subject: str | None = None,
    external_id: str | None = None,
    labels: Any = None,
    parent_id: str | None = None,
    parent_step: str | None = None,
) -> Facts:
    """Facts whose every value is allowed, or InvalidReport with the field and the reason."""
    if parent_step is not None and parent_id is None:
        raise InvalidReport("parent_step", "needs a parent")
    return Facts(
        id=limits.job_id(id),
        kind=limits.name("kind", kind),
        created_at=now,
        project=limits.fact("project", project),
        tenant=limits.fact("tenant", tenant),
        subject=limits.fact("subject", subject),
        external_id=limits.fact("external_id", external_id),
        labels=limits.labels(labels),
        parent_id=None if parent_id is None else _other_job(parent_id, id),
        parent_step=None if parent_step is None else limits.name("parent_step", parent_step),
    )


def create(facts: Facts, plan: Plan, now: int) -> tuple[Job, Event]:
    """A pending job and the event `created`, from which alone the job can be made again."""
    steps = spread(plan.steps, plan.mode)
    values = {
        "mode": plan.mode,
        "open": plan.open,
        "permille": 0 if steps else None,
        "total": len(steps) or None,
    }
    event = Event(
        seq=1,
        version=1,
        type="created",
        attempt=0,
        at=now,
        recorded_at=now,
        job=values,
        steps={name: dict(vars(step)) for name, step in steps.items()},
    )
    return evolve(Job(facts=facts), event), event


def _other_job(parent_id: str, id: str) -> str:
    parent = limits.job_id(parent_id, "parent_id")
    if parent == limits.job_id(id):
        raise InvalidReport("parent_id", "must be another job")
    return parent
