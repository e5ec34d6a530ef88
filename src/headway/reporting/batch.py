"""What travels from a worker to a store, and what comes back."""

from __future__ import annotations

from typing import NamedTuple

from headway.core.commands import Report
from headway.core.job import Status


class Batch(NamedTuple):
    """Items that are stored together or refused together.

    `producer_seq` counts the batches of one producer on one attempt from 1, so that a repeat has no second effect.
    """

    job_id: str
    attempt: int
    producer: str
    producer_seq: int
    items: tuple[Report, ...] = ()
    lease: str | None = None


class Ack(NamedTuple):
    """Where the job stands after a batch. `outcome`: `stored` (on stable storage) or `spooled` (on the local disk)."""

    job_id: str
    attempt: int
    version: int
    seq: int
    status: Status
    cancel_requested: bool
    outcome: str = "stored"


class Attached(NamedTuple):
    """A worker's part in an attempt. `began`: this call started the attempt; else it joined a running one."""

    job_id: str
    kind: str
    attempt: int
    producer: str
    lease: str | None
    version: int
    began: bool
    cancel_requested: bool = False
