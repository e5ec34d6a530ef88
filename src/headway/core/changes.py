"""What happened to a job: events, which are history, and ticks, which are not; and the state that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from headway.core.job import Facts, Job, Step
from headway.core.record import Record, changed, made

Values = Mapping[str, Any]

_NOTHING: Values = {}  # never written to


class Event(Record):
    """An immutable history row. `job` and `steps` hold every value that changed since the last event,
    ticks between included, so that events alone give the exact state at each of them.
    """

    seq: int
    version: int
    type: str
    attempt: int
    at: int
    recorded_at: int
    step: str | None = None
    message: str | None = None
    detail: Any = None
    job: Values = _NOTHING
    steps: Mapping[str, Values] = _NOTHING


class Tick(Record):
    """A change of progress that is state only; later ones may swallow it."""

    version: int
    recorded_at: int
    job: Values = _NOTHING
    steps: Mapping[str, Values] = _NOTHING


Change = Event | Tick


def evolve(job: Job, change: Change) -> Job:
    """The state after one change. Total: a change that was decided always applies."""
    version = change.version
    state = job.__dict__.copy()
    state.update(change.job)
    state["version"], state["updated_at"] = version, change.recorded_at
    if isinstance(change, Event):
        state["seq"], state["event_version"] = change.seq, version
    if change.steps:
        state["steps"] = _evolved_steps(job.steps, change.steps, {"version": version})
    return made(Job, state)


def fold(facts: Facts, events: Iterable[Event]) -> Job:
    """The state that a job's history tells, from its first event on."""
    job = Job(facts=facts)
    for event in events:
        job = evolve(job, event)
    return job


def _evolved_steps(steps: Mapping[str, Step], patches: Mapping[str, Values], marks: Values) -> dict[str, Step]:
    grown = dict(steps)
    for name, values in patches.items():
        known = grown.get(name)
        grown[name] = Step(**{**values, **marks}) if known is None else changed(known, values, marks)
    return grown
