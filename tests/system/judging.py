"""Owns the verdict over a run: what workers were told was safe, what the store has, and what each client was told."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from headway.core.changes import Event, fold
from headway.core.job import Job
from headway.stores.protocol import Store
from tests.system.ledger import Ledger
from tests.system.working import Working


class Verdict(NamedTuple):
    """`lost`, `doubled` and `out_of_order` count transitions, in the store and at every client together."""

    transitions: int
    jobs: int
    lost: int
    doubled: int
    out_of_order: int
    counts_off: int  # steps whose count is not what was counted
    drifted: int  # jobs whose state is not what their history tells
    behind: int  # jobs that some client shows otherwise than the store has them
    resets: int
    repeated: int  # told again after a client came back: shown once
    late_s: float  # the longest way of an event from its decision to a client
    silence_s: float  # the longest that a client heard of no event
    blocked_s: float  # the longest that a report held up its worker


def judge(store: Store, workers: Sequence[Working], ledgers: Sequence[Ledger]) -> Verdict:
    """Looks at everything once more, job by job."""
    jobs = [job for id in store.job_ids() if (job := store.load(id)) is not None]
    history = {job.id: whole_history(store, job.id) for job in jobs}
    noted = [item for worker in workers for item in worker.noted.items()]
    kept = {id: [str(event.message) for event in events if event.type == "noted"] for id, events in history.items()}
    return Verdict(
        transitions=sum(map(len, history.values())),
        jobs=len(jobs),
        lost=sum(len(set(numbers) - set(kept.get(id, ()))) for id, numbers in noted)
        + sum(len(ledger.missing(id, events)) for ledger in ledgers for id, events in history.items()),
        doubled=sum(count - 1 for numbers in kept.values() for count in Counter(numbers).values())
        + sum(len(ledger.doubled) for ledger in ledgers),
        out_of_order=sum(numbers != sorted(numbers, key=int) for numbers in kept.values())
        + sum(len(ledger.out_of_order) for ledger in ledgers),
        counts_off=sum(_off(jobs, worker) for worker in workers),
        drifted=sum(fold(job.facts, history[job.id]) != job for job in jobs if job.terminal),
        behind=sum(len(ledger.behind(jobs)) for ledger in ledgers),
        resets=sum(ledger.resets.total() for ledger in ledgers),
        repeated=sum(ledger.repeated for ledger in ledgers),
        late_s=max((ledger.late_s for ledger in ledgers), default=0.0),
        silence_s=max((ledger.silence_s for ledger in ledgers), default=0.0),
        blocked_s=max((worker.blocked_s for worker in workers), default=0.0),
    )


def know_all(store: Store, ledgers: Sequence[Ledger], within_s: float = 60.0) -> bool:
    """Waits until every client shows what the store has; False when that does not come."""
    jobs = [job for id in store.job_ids() if (job := store.load(id)) is not None]
    until = time.monotonic() + within_s
    pause = threading.Event()
    while any(ledger.behind(jobs) for ledger in ledgers):
        if time.monotonic() > until:
            return False
        pause.wait(0.05)
    return True


def whole_history(store: Store, job_id: str) -> list[Event]:
    events: list[Event] = []
    while page := store.history(job_id, after=events[-1].seq if events else 0, limit=1000):
        events += page
    return events


def _off(jobs: Sequence[Job], worker: Working) -> int:
    steps = {(job.id, name): step.current for job in jobs for name, step in job.steps.items()}
    return sum(steps.get(key) != count for key, count in worker.counted.items())
