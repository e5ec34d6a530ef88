"""A process's connection to one store: makes jobs, takes part in them, and looks after their reports."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from headway.core import limits
from headway.core.commands import Report, RequestCancel, Retry
from headway.core.errors import IllegalTransition, InvalidReport, StoreUnavailable
from headway.core.ids import uuid7
from headway.core.plan import Plan, parse_plan
from headway.reporting.asking import Asked, asked
from headway.reporting.committer import now_us
from headway.reporting.flusher import Flusher
from headway.reporting.handle import JobHandle
from headway.reporting.link import Link, NewJob
from headway.reporting.outbox import Outbox
from headway.reporting.producer import Producer
from headway.reporting.spool import Spool
from headway.reporting.tally import Counts

logger = logging.getLogger("headway")

AGAIN_S = 1.0  # how often a store that is away is asked again


class Follower(Protocol):
    """What reads the store through a reporter, and ends with it."""

    def close(self) -> None:
        """Ends it; returns within seconds."""
        ...


class Reporter:
    """Thread-safe. Survives a fork (the child is another worker) and flushes when the interpreter exits."""

    def __init__(
        self,
        link: Link,
        *,
        spool: Path,
        flush_s: float = 0.1,
        lease_s: float = 30.0,
        clock: Callable[[], int] = now_us,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now = clock
        self._monotonic = monotonic
        self._outbox = Outbox(link, Spool(spool, _place(link.url)), clock=clock)
        self._flusher = Flusher(self._outbox, interval_s=flush_s, beat_s=lease_s / 3, monotonic=monotonic)
        self._closed = False
        self.followers: list[Follower] = []
        _outlive(self)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def away(self) -> bool:
        """Whether the store did not answer and is waited for, or what was spooled meanwhile is not written yet."""
        return self._outbox.away or self._outbox.outage.lasting

    @property
    def outbox(self) -> Outbox:
        """The way of its reports to the store, for those who watch beside it."""
        return self._outbox

    def unsent(self, job_id: str) -> list[Report]:
        """What this process has counted for a job and not sent yet."""
        return self._flusher.unsent(job_id)

    def counting(self) -> set[str]:
        """The jobs for which this process has counted something that is not sent yet."""
        return self._flusher.counting()

    @property
    def url(self) -> str:
        """The store that this reporter writes to."""
        return self._outbox.link.url

    def create(self, kind: str, *, connection: object = None, **given: Any) -> JobHandle:
        """A pending job. `given`: steps, plan, id, parent, project, subject, external_id, labels, tenant, parent_step.

        `steps`: `["scan", ("extract", 8), "load"]`, names with weights, or triples with percent ranges. `parent` is an
        id. A known `external_id` (with tenant and kind) gives the job that is there. `connection`: your own psycopg
        connection to the store's PostgreSQL database; the job is created in its transaction, and is there once you
        commit.
        """
        made = self._outbox.create(self._new(kind, **given)._replace(connection=connection))
        return JobHandle(self, Producer(self._outbox, made, self._flusher.add), kind)

    def attach(self, id: str, *, takeover: bool = False) -> JobHandle:
        """Takes part in a job that exists; starts it if it is pending or waiting."""
        producer = Producer(self._outbox, id, self._flusher.add)
        part = producer.attach(takeover=takeover)
        return JobHandle(self, producer, part.kind)

    def resume(
        self,
        id: str,
        *,
        takeover: bool = False,
        wait_s: float = 0.0,
        again_s: float = AGAIN_S,
        stop: threading.Event | None = None,
    ) -> JobHandle | None:
        """Begins with a job, or goes on where its worker left it; None when it has ended.

        For whoever gives a job to one worker at a time, as after a crash: unlike after `attach`, leaving the `with`
        ends the attempt even if another worker began it. `takeover`: as a new attempt instead of the running one. A
        store that is away is asked again every `again_s` for `wait_s` seconds or until `stop` is set; then
        StoreUnavailable is raised.
        """
        until, pause = self._monotonic() + wait_s, stop or threading.Event()
        told = False
        while True:
            try:
                return self._resumed(id, takeover)
            except StoreUnavailable as error:
                left = until - self._monotonic()
                if left <= 0 or pause.is_set():
                    raise
                if not told:
                    logger.warning("job %s waits for the store: %s", id, error)
                told = True
                pause.wait(min(again_s, left))

    def _resumed(self, id: str, takeover: bool) -> JobHandle | None:
        producer = Producer(self._outbox, id, self._flusher.add)
        try:
            return JobHandle(self, producer, producer.attach(takeover=takeover, leads=True).kind)
        except IllegalTransition:
            return None  # only an ended job refuses to be attached to

    def start(self, kind: str, **given: Any) -> JobHandle:
        """`create` and `attach` in one call, and in one transaction where this process writes to the store itself."""
        if given.pop("connection", None) is not None:
            raise InvalidReport("connection", "a job of your own transaction can be attached to only once you commit")
        new = self._new(kind, **given)
        producer = Producer(self._outbox, new.id, self._flusher.add)
        producer.start(new)
        return JobHandle(self, producer, kind)

    def get(self, id: str) -> dict[str, Any]:
        """A job as the store has it, in the names of the wire; raises UnknownJob."""
        return self._outbox.link.get(id)

    def jobs(
        self,
        *,
        id: Asked = None,
        kind: Asked = None,
        project: Asked = None,
        subject: Asked = None,
        status: Asked = None,
        parent: str | None = None,
        step: str | None = None,
        label: tuple[str, Any] | None = None,
        limit: int = 50,
    ) -> list[dict[str, Any]]:
        """The jobs that fit everything that is given, newest first, in the names of the wire.

        `id`, `kind`, `project`, `subject` and `status` are one value or several of which one must fit; `step` is the
        current one; `label` is a name and its value.
        """
        query = asked(
            id=id,
            kind=kind,
            project=project,
            subject=subject,
            status=status,
            parent=parent,
            step=step,
            label=label,
            limit=limit,
        )
        return self._outbox.link.jobs(query)

    def history(self, id: str, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """A job's history in order, at most `limit` entries with a `seq` above `after`; raises UnknownJob."""
        return self._outbox.link.history(id, limits.count("after", after), limits.count("limit", limit))

    def cancel(self, id: str) -> dict[str, Any]:
        """Asks for a job to stop; the job after that."""
        return self._outbox.ask(id, RequestCancel())

    def retry(self, id: str, *, keep_steps: bool = False) -> dict[str, Any]:
        """Reopens an ended job; a worker that attaches starts the new attempt."""
        return self._outbox.ask(id, Retry(keep_steps=keep_steps))

    def begun_steps(self, id: str) -> list[tuple[str, bool]]:
        """The names of a job's steps in order, and whether each was begun in this attempt."""
        known = self._outbox.link.remembered(id)
        if known is not None:
            return [(step.name, step.started_at is not None) for step in known.steps.values()]
        return [(step["name"], step["started_at"] is not None) for step in self.get(id)["steps"]]

    def counts(self) -> Counts:
        """What this reporter has done so far: how much it was told, and in how many writes it was stored."""
        done = self._outbox.tally
        return Counts(
            counted=done.counted + self._flusher.waiting(),
            updates=done.updates,
            transitions=done.transitions,
            flushes=done.flushes,
            commits=self._outbox.link.commits,
        )

    def flush(self) -> None:
        """Brings everything that was counted to the store now."""
        self._flusher.flush()

    def forget(self, producer: Producer) -> None:
        """Stops looking after a producer whose attempt has ended."""
        self._flusher.remove(producer)

    def drop(self, producer: Producer) -> None:
        """Lets go of a producer: what it counted is stored, and its lease speaks for it no longer."""
        self._flusher.remove(producer)
        producer.release()

    def close(self) -> None:
        """Flushes, ends this process's lease and lets go of the store; what cannot be written stays in the spool."""
        if self._closed:
            return
        self._closed = True
        self._flusher.stop()
        self._outbox.recover()
        for follower in list(self.followers):
            follower.close()
        self._outbox.close()
        self._outbox.link.close()

    def after_fork(self) -> None:
        """Called in a forked child. Who followed the store in the parent does not here: its thread is not there."""
        self.followers.clear()
        self._outbox.observers.clear()
        self._outbox.after_fork()
        self._flusher.after_fork()

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new(
        self,
        kind: str,
        *,
        steps: Sequence[Any] | None = None,
        plan: Plan | None = None,
        id: str | None = None,
        parent: str | None = None,
        **facts: Any,
    ) -> NewJob:
        declared = plan if plan is not None else parse_plan(steps)
        return NewJob(id or uuid7(self.now(), os.urandom(10)), kind, declared, {"parent_id": parent, **facts})


def _place(url: str) -> str:
    """The store's name for its spool: a relative path means another file in every folder that a program starts in."""
    path = url.removeprefix("sqlite:///")
    return url if path == url else f"sqlite:///{Path(path).resolve().as_posix()}"


def _outlive(reporter: Reporter) -> None:
    """Ties a reporter to the ends of the process without keeping it alive."""
    alive = weakref.ref(reporter)

    def close() -> None:
        if (held := alive()) is not None:
            held.close()

    def after_fork() -> None:
        if (held := alive()) is not None:
            held.after_fork()
            _finish_in_multiprocessing(held)

    atexit.register(close)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=after_fork)
    if util := sys.modules.get("multiprocessing.util"):
        util.Finalize(None, close, exitpriority=10)


def _finish_in_multiprocessing(reporter: Reporter) -> None:
    """A multiprocessing child leaves without atexit, and drops the finalizers that it inherits before it begins."""
    if util := sys.modules.get("multiprocessing.util"):
        util.register_after_fork(reporter, lambda held: util.Finalize(None, held.close, exitpriority=10))
