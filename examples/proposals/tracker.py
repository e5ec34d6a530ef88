"""Owns the tracker: one way to report on a job and to ask for it, with a cache in memory before the store."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import headway
from examples.proposals import plan
from examples.proposals.progress import Progress, ProgressUpdate, checked, progress_of, stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from headway import JobHandle, Reporter, StepHandle, Subscription

    Wire = dict[str, Any]

log = logging.getLogger(__name__)

FINISHED_S = 30.0
FAILED_S = 60.0


class Tracker:
    """Every call persists. While the store is away the work goes on: what is told stays here and is written later.

    Thread-safe. Updates raise headway's `Cancelled` and `Fenced` when the work should stop, and `InvalidProgress`.
    `kinds`: those of the jobs that are kept in memory; what stages a job has, its own plan says.
    """

    def __init__(
        self,
        reporter: Reporter,
        *,
        kinds: Sequence[str] = plan.KINDS,
        finished_s: float = FINISHED_S,
        failed_s: float = FAILED_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reporter, self._kinds = reporter, tuple(kinds)
        self._cache = headway.mirror(
            kind=self._kinds, finished_s=finished_s, failed_s=failed_s, reporter=reporter, monotonic=monotonic
        )
        self._told: dict[str, _Told] = {}
        self._lock = threading.Lock()

    def create(self, kind: str, *, steps: Sequence[Any] | None = None, **facts: Any) -> str:
        """A job that waits to be worked on; its id. `steps`: the stages of a kind that has none declared here."""
        return self._reporter.create(kind, steps=plan.STEPS[kind] if steps is None else steps, **facts).id

    def take(self, job_id: str, *, takeover: bool = False) -> int:
        """Begin with a job, or `takeover` from whoever was at it; the number of the attempt.

        Reads the store: may raise `StoreUnavailable`, or `IllegalTransition` for a job that has ended.
        """
        job = self._reporter.attach(job_id, takeover=takeover)
        told = _Told(job, self._cache.get(job_id))
        with self._lock:
            self._told[job_id] = told
        assert job.attempt is not None  # it is attached
        return job.attempt

    def update_with_persistence(self, job_id: str, progress: Progress) -> None:
        """Tell where a job is. A new stage is on stable storage when this returns, more of the same within 0.1 s."""
        told = self._taken(job_id)
        told.update(checked(progress, told.stages))
        log.info("job %s: %s, %s", job_id, progress.stage, progress.message)

    def complete_with_persistence(self, job_id: str, message: str | None = None, result: object = None) -> None:
        """The job has done what it should; `result` is any JSON."""
        self._taken(job_id).complete(message, result)
        self._left(job_id)
        log.info("job %s: complete, %s", job_id, message)

    def error_with_persistence(self, job_id: str, error_message: str) -> None:
        """The job has failed, and keeps the percent that it had."""
        self._taken(job_id).job.fail(error_message)
        self._left(job_id)
        log.info("job %s: error, %s", job_id, error_message)

    def get_with_fallback(self, job_id: str) -> ProgressUpdate | None:
        """From memory, else from the store; None for a job that there is not."""
        try:
            return progress_of(self.job(job_id))
        except (headway.UnknownJob, headway.InvalidReport):
            return None

    # The names that older callers use. They persist as well: what only a process's memory knows is lost with it.
    update = update_with_persistence
    complete = complete_with_persistence
    error = error_with_persistence
    get = get_with_fallback

    def job(self, job_id: str) -> Wire:
        """The whole job. Raises `UnknownJob`, or `StoreUnavailable` when only the store knows it."""
        return self._cache.get(job_id)

    def cached(self) -> list[Wire]:
        """The jobs in memory, newest first."""
        return self._cache.jobs()

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._cache

    def subscribe(self, callback: Callable[[Wire], None], **facts: Any) -> Subscription:
        """Call back with every change of the jobs that fit, whoever reports on them, until it is closed."""
        return headway.subscribe(callback, **({"kind": self._kinds} | facts), reporter=self._reporter)

    def listen(self, callback: Callable[[Wire], None]) -> AbstractContextManager[object]:
        """Call back with the newest state of each job that changed, also of what only this process knows yet."""
        return self._cache.listen(callback)

    def stop(self, job_id: str) -> None:
        """The work stopped because somebody asked for it."""
        self._taken(job_id).job.acknowledge_cancel()
        self._left(job_id)

    def leave(self, job_id: str) -> None:
        """Tell no more of a job that goes on elsewhere or later."""
        if told := self._left(job_id):
            told.job.detach()

    def close(self) -> None:
        """Write what is left and forget everything."""
        for job_id in list(self._told):
            self.leave(job_id)
        self._cache.close()

    def _taken(self, job_id: str) -> _Told:
        """A job that nobody took here before is joined, as one more who reports on it."""
        if (told := self._told.get(job_id)) is None:
            self.take(job_id)
            told = self._told[job_id]
        return told

    def _left(self, job_id: str) -> _Told | None:
        with self._lock:
            return self._told.pop(job_id, None)


class _Told:
    """What was told of one job here: a stage that goes on is not begun again."""

    def __init__(self, job: JobHandle, known: Wire) -> None:
        self.job, self.stages = job, stages_of(known)
        self._stage: StepHandle | None = None
        self._lock = threading.Lock()

    def update(self, progress: Progress) -> None:
        with self._lock:
            if progress.message is not None:
                self.job.update(message=progress.message)
            new = self._stage is None or self._stage.name != progress.stage
            if self._stage is None or new:
                self._stage = self.job.step(progress.stage)  # stored with the message, in one commit
            if progress.done is not None or progress.of is not None:
                self._stage.update(current=progress.done, total=progress.of)
            if new and progress.done:
                self.job.flush()

    def complete(self, message: str | None, result: object) -> None:
        with self._lock:
            last = self.stages[-1] if self.stages else None
            if last == plan.COMPLETE and (self._stage is None or self._stage.name != last):
                self.job.step(last)
            if message is not None:
                self.job.update(message=message)
            self.job.succeed(result)
