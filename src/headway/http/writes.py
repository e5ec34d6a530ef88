"""The routes that change jobs: create, attach, report, cancel, retry."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from headway.core import limits
from headway.core.commands import Command, RequestCancel, Retry
from headway.core.create import check_facts
from headway.core.errors import HeadwayError, InvalidReport, JobExists, UnknownJob
from headway.core.ids import uuid7
from headway.core.job import TERMINAL, Facts, Job
from headway.core.wire import Wire, job_wire
from headway.http.access import CONTROL, EVERYTHING, REPORT
from headway.http.asgi import Exchange
from headway.http.body import content
from headway.http.intake import Intake
from headway.http.job_reads import JobReads, known_id
from headway.http.leases import Leases
from headway.http.orders import AttachOrder, CancelOrder, JobOrder, ReportOrder, RetryOrder
from headway.http.refusals import Forbidden
from headway.hub.hub import Hub
from headway.reporting.batch import Ack
from headway.reporting.committer import Committer, now_us
from headway.stores.protocol import Store

THREADS = 8
KEY_MAX = 255
_KEYS = uuid.UUID("6b1f6f0e-2a57-4f6c-9d0a-3c1f0e8d7a11")  # the name space of idempotency keys

_T = TypeVar("_T")


class Writes:
    """Blocking calls run in a bounded pool of threads; the committer groups what comes at the same time.

    The threads end when nobody holds this any more: what was accepted before the server leaves is still written.
    """

    def __init__(
        self, store: Store, hub: Hub, reads: JobReads, *, committer: Committer, clock: Callable[[], int] = now_us
    ) -> None:
        self._hub = hub
        self._reads = reads
        self._clock = clock
        self._committer = committer
        self._leases = Leases(store)
        self._threads = ThreadPoolExecutor(THREADS, "headway-write")
        self._intake = Intake(committer, self._threads)

    async def create(self, exchange: Exchange) -> None:
        """201 for a new job, 200 for one that is there already and the same."""
        exchange.grant.require(REPORT)
        order = await content(exchange, JobOrder)
        facts = await self._facts(exchange, order)
        job = await self._blocking(self._committer.create, facts, order.parsed_plan())
        if not exchange.grant.filter.admits(job):
            raise JobExists(facts.id)  # somebody else's
        created = job.facts is facts
        location = f"{exchange.root}/v1/jobs/{job.id}".encode("latin-1", "ignore")
        await exchange.json(job_wire(job), 201 if created else 200, [(b"location", location)])

    async def attach(self, exchange: Exchange, job_id: str) -> None:
        job_id = await self._allowed(exchange, REPORT, job_id)
        order = await content(exchange, AttachOrder)
        producer = limits.name("producer", order.producer) if order.producer is not None else os.urandom(6).hex()
        answer = await self._blocking(self._attached, job_id, producer, order.takeover, _owner(exchange))
        await exchange.json(answer)

    async def report(self, exchange: Exchange, job_id: str) -> None:
        job_id = await self._allowed(exchange, REPORT, job_id)
        order = await content(exchange, ReportOrder)
        batch = order.batch(job_id)
        ack = await self._intake.report(batch)
        self._hub.wake()
        if batch.lease is not None:
            await self._hold(batch.lease, ack, _owner(exchange))
        await exchange.json(_ack_wire(ack))

    async def cancel(self, exchange: Exchange, job_id: str) -> None:
        job_id = await self._allowed(exchange, CONTROL, job_id)
        await content(exchange, CancelOrder)
        await self._ask(exchange, job_id, RequestCancel())

    async def retry(self, exchange: Exchange, job_id: str) -> None:
        job_id = await self._allowed(exchange, CONTROL, job_id)
        order = await content(exchange, RetryOrder)
        await self._ask(exchange, job_id, Retry(keep_steps=order.keep_steps))

    async def _facts(self, exchange: Exchange, order: JobOrder) -> Facts:
        """The facts of a new job, which must be one that the request may see."""
        now, visible = self._clock(), exchange.grant.filter
        id = _chosen_id(exchange, order, now)
        facts = check_facts(order.kind, id=id, now=now, tenant=visible.tenant, **order.facts())
        if not visible.admits(Job(facts=facts)):
            raise Forbidden
        if facts.parent_id is not None:
            await self._require_parent(exchange, facts.parent_id)
        return facts

    async def _ask(self, exchange: Exchange, job_id: str, command: Command) -> None:
        job = await self._blocking(self._committer.ask, job_id, command)
        await exchange.json(job_wire(job), 202)

    async def _blocking(self, call: Callable[..., _T], *args: Any) -> _T:
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, call, *args)
        self._hub.wake()
        return answer

    async def _allowed(self, exchange: Exchange, scope: str, text: str) -> str:
        """The id of a job that the request may change. A job that it may not see does not exist."""
        job_id = known_id(text)
        if exchange.grant.filter != EVERYTHING:
            exchange.grant.require_job((await self._reads.current(job_id)).job, job_id)
        exchange.grant.require(scope)
        return job_id

    async def _require_parent(self, exchange: Exchange, parent_id: str) -> None:
        try:
            exchange.grant.require_job((await self._reads.current(parent_id)).job, parent_id)
        except UnknownJob:
            raise InvalidReport("parent_id", "is no job that exists") from None

    def _attached(self, job_id: str, producer: str, takeover: bool, owner: str) -> Wire:
        lease = self._leases.grant(owner)  # before the job points at it, or a sweeper could call the job lost
        try:
            job, began = self._committer.attach(job_id, producer=producer, lease=lease, takeover=takeover)
        except HeadwayError:
            self._leases.release(lease)
            raise
        return {
            "job_id": job.id,
            "kind": job.facts.kind,
            "attempt": job.attempt,
            "producer": producer,
            "lease": lease,
            "version": job.version,
            "began": began,
            "cancel_requested": job.cancel_requested_at is not None,
        }

    async def _hold(self, lease: str, ack: Ack, owner: str) -> None:
        """The worker lives; or it has ended its job and needs no lease any more."""
        if ack.status in TERMINAL:
            await self._blocking(self._leases.release, lease)
        elif self._leases.due(lease):
            await self._blocking(self._leases.renew, lease, owner)


def _chosen_id(exchange: Exchange, order: JobOrder, now: int) -> str:
    """The creator's id; or one that a repeat with the same key finds again; or a new one."""
    key = exchange.headers.get(b"idempotency-key")
    if key is None:
        return order.id or uuid7(now, os.urandom(10))
    if order.id is not None:
        raise InvalidReport("id", "must not stand beside an Idempotency-Key, which makes the id")
    if not 0 < len(key) <= KEY_MAX:
        raise InvalidReport("Idempotency-Key", f"must have 1 to {KEY_MAX} characters")
    tenant = exchange.grant.filter.tenant or ""
    return str(uuid.uuid5(_KEYS, f"{tenant}\n{key.decode('latin-1')}"))


def _owner(exchange: Exchange) -> str:
    """Who holds a lease, for people."""
    client = exchange.scope.get("client")
    return f"http from {client[0]}" if client else "http"


def _ack_wire(ack: Ack) -> Wire:
    return {
        "job_id": ack.job_id,
        "attempt": ack.attempt,
        "version": ack.version,
        "seq": ack.seq,
        "status": ack.status,
        "cancel_requested": ack.cancel_requested,
        "outcome": ack.outcome,
    }
