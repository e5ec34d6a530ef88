"""The judge of leases: calls a running job lost when every lease on it has stopped beating, and takes it back.

A lease is dead only after this sweeper has itself seen its beat unchanged for a full lease, on its own monotonic clock:
neither a wrong clock nor an outage of the store or of this process condemns an honest worker.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import groupby

from headway.core.commands import Cancel, Command, Find, Lose
from headway.core.errors import HeadwayError
from headway.reporting.committer import Committer
from headway.reporting.role import Role
from headway.stores.protocol import Holding, Lease, Store

SWEEP_EVERY_S = 1.0


class Sweeper:
    """One per server process; several at once agree, because a verdict is a compare-and-set like any other change."""

    def __init__(self, store: Store, committer: Committer, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._committer = committer
        self._monotonic = monotonic
        self._seen: dict[str, tuple[int, float]] = {}  # lease: its beat, and when it was first seen like this
        self._role = Role("sweeper", self._turn)

    def start(self) -> None:
        """Starts to sweep in the background."""
        self._role.start()

    def stop(self) -> None:
        """Ends the background loop."""
        self._role.stop()

    def sweep(self) -> list[str]:
        """One look at every holding; the ids of the jobs whose verdict changed."""
        holdings = self._store.holdings()
        self._observe(holding.lease for holding in holdings)
        judged: list[str] = []
        ordered = sorted(holdings, key=_by_job)
        for job_id, held in groupby(ordered, key=_by_job):
            if self._judge(job_id, list(held)):
                judged.append(job_id)
        return judged

    def _turn(self) -> float:
        self.sweep()
        return SWEEP_EVERY_S

    def _observe(self, leases: Iterable[Lease | None]) -> None:
        now = self._monotonic()
        present = {lease.id: lease for lease in leases if lease is not None}
        self._seen = {
            lease_id: known
            if (known := self._seen.get(lease_id)) is not None and known[0] == lease.beat
            else (lease.beat, now)
            for lease_id, lease in present.items()
        }

    def _judge(self, job_id: str, held: list[Holding]) -> bool:
        alive = any(holding.lease is not None and not self._dead(holding.lease) for holding in held)
        job = self._store.load(job_id)
        if job is None or job.attempt != held[0].attempt or alive == (job.health == "ok"):
            return False
        if alive:
            return self._told(job_id, Find())
        # Nobody is left to acknowledge: what was asked to stop has stopped.
        return self._told(job_id, Lose() if job.cancel_requested_at is None else Cancel())

    def _told(self, job_id: str, command: Command) -> bool:
        try:
            self._committer.ask(job_id, command)
        except HeadwayError:
            return False  # the job moved on meanwhile: the next sweep sees what it is now
        return True

    def _dead(self, lease: Lease) -> bool:
        since = self._seen[lease.id][1]
        return self._monotonic() - since >= lease.ttl_ms / 1000


def _by_job(holding: Holding) -> str:
    return holding.job_id
