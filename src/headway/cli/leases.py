"""Who works on which job, and whether they are heard: heartbeats judged by listening, never by anybody's clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from headway.cli.render import ages
from headway.stores.protocol import Holding, Lease, Store

LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """One worker of one job. `silent_for`: microseconds of listening without a beat; None: not listened, or it beat.

    `lease` is None where the worker let go of its lease, or it was removed.
    """

    lease: Lease | None
    listened: int
    silent_for: int | None

    @property
    def silent(self) -> bool:
        """Whether the lease would be judged dead: not heard for its whole length."""
        if self.lease is None:
            return True
        return self.silent_for is not None and self.silent_for >= self.lease.ttl_ms * 1000

    def __str__(self) -> str:
        """As `stuck` shows it."""
        if self.lease is None:
            return "none: whoever worked on it has ended"
        owner = f"{self.lease.owner}, lease of {ages.span(self.lease.ttl_ms * 1000)}"
        if not self.listened:
            return f"{owner} (--listen tells whether it beats)"
        if self.silent_for is None:
            return f"{owner}, beats"
        return f"{owner}, not heard for {ages.span(self.silent_for)}"


def pulses(store: Store, listen: int) -> dict[str, tuple[Pulse, ...]]:
    """The workers of every running job by its id, after listening for so many microseconds."""
    began = time.monotonic()
    heard: dict[str, tuple[int, float]] = {}  # lease: its beat, and since when it is this one
    holdings = store.holdings()
    _hear(heard, holdings, began)
    paced = threading.Event()  # never set: it only lets time pass
    while (left := began + listen / 1e6 - time.monotonic()) > 0:
        paced.wait(min(left, LOOK_EVERY_S))
        holdings = store.holdings()
        _hear(heard, holdings, time.monotonic())
    by_job: dict[str, tuple[Pulse, ...]] = {}
    for holding in holdings:
        pulse = _pulse(holding.lease, listen, heard, began)
        by_job[holding.job_id] = (*by_job.get(holding.job_id, ()), pulse)
    return by_job


def _hear(heard: dict[str, tuple[int, float]], holdings: Iterable[Holding], now: float) -> None:
    for lease in (holding.lease for holding in holdings):
        if lease is not None and heard.get(lease.id, (None, 0.0))[0] != lease.beat:
            heard[lease.id] = (lease.beat, now)


def _pulse(lease: Lease | None, listen: int, heard: dict[str, tuple[int, float]], began: float) -> Pulse:
    if lease is None or not listen:
        return Pulse(lease=lease, listened=listen, silent_for=None)
    since = heard[lease.id][1]
    silent = int((time.monotonic() - since) * 1e6) if since == began else None
    return Pulse(lease=lease, listened=listen, silent_for=silent)
