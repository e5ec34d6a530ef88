"""Owns jobs whose every change is decided by the core and committed to a store, as a worker's would be."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from headway.core import commands as c
from headway.core.changes import Change, Event
from headway.core.create import check_facts, create
from headway.core.job import Job
from headway.core.plan import Plan, parse_plan
from headway.core.rules import apply
from headway.stores.protocol import BatchMark, Commit, Store
from headway.stores.reach import Reach, up_to

NOTHING = up_to(0)  # what a reader has read who has read nothing
NOW = 1_764_000_000_000_000  # µs: some day in 2025
SECOND = 1_000_000

_numbers = itertools.count(1)


def new_id() -> str:
    """An id that no other test has, and that sorts after those before it."""
    return f"0192d3a0-7c00-7000-8000-{next(_numbers):012x}"


def birth(plan: Plan, *, id: str | None = None, kind: str = "index", now: int = NOW, **facts: Any) -> Commit:
    """The commit that creates a job."""
    job, event = create(check_facts(kind, id=id or new_id(), now=now, **facts), plan, now)
    return Commit(before=None, after=job, events=(event,), steps=frozenset(job.steps))


def commit_of(before: Job, *commands: c.Command, now: int = NOW, marks: Sequence[BatchMark] = ()) -> Commit:
    """The commit that all these commands make together."""
    after, changes = before, list[Change]()
    for command in commands:
        after, more = apply(after, command, now)
        changes.extend(more)
    events = [change for change in changes if isinstance(change, Event)]
    steps = frozenset(name for change in changes for name in change.steps)
    return Commit(before=before, after=after, events=events, steps=steps, marks=marks)


class Life:
    """One job in a store, and what it should be there: `job` is told to the store at every step of its life."""

    def __init__(self, store: Store, *steps: Any, now: int = NOW, open: bool | None = None, **facts: Any) -> None:
        self.store = store
        born = birth(parse_plan(steps, open=open), now=now, **facts)
        self.position = self._stored(born)

    @property
    def id(self) -> str:
        return self.job.id

    def tell(self, *commands: c.Command, now: int = NOW, marks: Sequence[BatchMark] = ()) -> int:
        """Commits what the commands change; the position that the store answers."""
        self.position = self._stored(commit_of(self.job, *commands, now=now, marks=marks))
        return self.position

    def begun(self, now: int = NOW) -> Life:
        """Running, at its first attempt."""
        self.tell(c.Attach(), now=now)
        return self

    def _stored(self, commit: Commit) -> int:
        (position,) = self.store.commit((commit,))
        assert position is not None
        self.job = commit.after
        return position


def untold(store: Store, since: Reach) -> bool:
    """Whether a reader who had read so far is told of no change."""
    delta = store.delta(since)
    return (list(delta.events), list(delta.jobs), delta.more) == ([], [], False) and delta.reach.includes(since)


def loaded(store: Store, job_id: str) -> Job:
    """The job, which must be there."""
    job = store.load(job_id)
    assert job is not None
    return job
