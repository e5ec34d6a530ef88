"""Stores that misbehave on demand, around a real one."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from headway.core.errors import StoreUnavailable
from headway.core.job import Job
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Commit, Lease


class MoodyStore(MemoryStore):
    """A memory store that can be away, can fail after it has written, and counts its transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.loses_answers = 0  # how many commits are written and then reported as failed
        self.groups: list[int] = []
        self.hold: threading.Event | None = None
        self.entered = threading.Event()

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        self._check()
        self.entered.set()
        if self.hold is not None:
            assert self.hold.wait(10)
        outcome = super().commit(commits, durable=durable)
        self.groups.append(len(commits))
        if self.loses_answers:
            self.loses_answers -= 1
            raise StoreUnavailable(self.url, "the answer was lost")
        return outcome

    def jobs_current(self, job_id: str) -> int:
        """The job's count, which must be there."""
        job = self.load(job_id)
        assert job is not None
        return job.current

    def load(self, job_id: str) -> Job | None:
        self._check()
        return super().load(job_id)

    def beat(self, leases: Sequence[Lease]) -> None:
        self._check()
        super().beat(leases)

    def _check(self) -> None:
        if self.away:
            raise StoreUnavailable(self.url, "is away")
