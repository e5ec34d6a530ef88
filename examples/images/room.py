"""Owns how the parts work together: a picture that is taken in has a job, and a bounded few workers do the jobs."""

from __future__ import annotations

import logging
import math
import os
import queue
import threading
import time
import uuid
from typing import TYPE_CHECKING, NamedTuple

import headway
from examples.house.effort import Effort
from examples.images import plan, session, storage, told
from examples.images.errors import PictureError
from examples.images.generator import chosen
from examples.images.pictures import Limits
from examples.images.samples import samples
from examples.images.stages import Stages
from examples.images.storage import Storage
from examples.images.work import make
from headway.sinks import Analytics

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from examples.images.generator import ImageGenerator
    from headway import JobHandle
    from headway.sinks import Sink

log = logging.getLogger(__name__)

SORRY = "Something went wrong on our side while we worked on this picture; it was not your fault. Please try again."
UNFINISHED = ("pending", "running", "waiting")
WAITING_MAX = 200
LEAVE_S = 3.0


class Taken(NamedTuple):
    """What the person who brought a picture is given."""

    job_id: str
    session_token: str


class LineIsFull(Exception):
    """So many pictures wait already that another one would only pretend to be taken."""


class Closing(Exception):
    """The room closes: the work stops where it is, and the next room goes on with it."""


class Room:
    """The store, the object storage and the workers, from the opening to the closing."""

    def __init__(
        self,
        *,
        folder: Path,
        store: str,
        objects: Storage | None = None,
        generator: ImageGenerator | None = None,
        sink: Sink | None = None,
        limits: Limits | None = None,
        workers: int = 2,
    ) -> None:
        self.store = store
        self.reporter = headway.connect(store)
        self.objects = objects or Storage.at(os.environ.get(storage.SETTING) or folder)
        self.generator = generator or chosen(os.environ)
        self.limits = limits or Limits()
        self._analytics = Analytics(sink or told.sink(os.environ))
        self.told = told.Told(self._analytics)
        self._line: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._attend, daemon=True) for _ in range(workers)]

    def __enter__(self) -> Room:
        self.jobs = headway.mirror(kind=plan.KIND, reporter=self.reporter)
        self.jobs.listen(self.told.changed)
        for job in reversed(self.reporter.jobs(kind=plan.KIND, status=UNFINISHED, limit=WAITING_MAX)):
            log.info("job %s goes on", job["id"])
            self._line.put(job["id"])
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for _thread in self._threads:
            self._line.put(None)
        # Nobody waits for an outside service here: its job stays as it is, and the next room goes on with it.
        until = time.monotonic() + LEAVE_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.jobs.close()
        self._analytics.close()
        self.reporter.close()

    def take_in(self, content: bytes, *, name: str | None = None) -> Taken:
        """Keep a picture and have it worked on. Raises `LineIsFull` or `StoreUnavailable`, and then keeps nothing."""
        if self._line.qsize() >= WAITING_MAX:
            raise LineIsFull
        job_id, token = str(uuid.uuid4()), session.fresh()
        self.objects.put(storage.upload(job_id), content)
        try:
            self.reporter.create(
                plan.KIND,
                id=job_id,
                steps=plan.STEPS,
                project=session.project_of(token),
                subject=f"upload:{job_id}",
                labels={"file": name} if name else None,
            )
        except headway.HeadwayError:
            self.objects.remove([storage.upload(job_id)])
            raise
        self._line.put(job_id)
        return Taken(job_id, token)

    def bring_samples(self) -> list[str]:
        """Take in one picture of each kind; their jobs, in the order of the samples."""
        return [self.take_in(sample.make(), name=sample.name).job_id for sample in samples()]

    def effort(self) -> Effort:
        """What was reported here, and the writes that it took."""
        return Effort.of(self.reporter)

    def _attend(self) -> None:
        while (job_id := self._line.get()) is not None and not self._closing.is_set():
            try:
                if job := self.reporter.resume(job_id, wait_s=math.inf, stop=self._closing):
                    self._do(job, _Stoppable(job, self._closing))
            except headway.StoreUnavailable:
                log.warning("job %s waits for the next opening", job_id)
            except Exception:  # a worker that dies would let all others wait for ever
                log.exception("job %s could not be told how it stands", job_id)

    def _do(self, job: JobHandle, stages: Stages) -> None:
        """One picture to its end; what stands in the way is told by its job, and troubles no other."""
        try:
            job.succeed(make(job.id, stages, self.objects, self.generator, self.limits))
        except PictureError as error:
            job.fail(str(error))
        except headway.Cancelled:
            job.acknowledge_cancel()
        except (headway.Fenced, Closing) as stop:
            log.info("job %s stopped: %s", job.id, stop)
        except Exception as error:  # whatever it is, its job must not look alive for ever
            log.exception("job %s failed", job.id)
            job.fail(SORRY, detail={"type": type(error).__name__})
        finally:
            if not self.reporter.closed:  # a worker that was not waited for has nobody to tell
                job.detach()


class _Stoppable(Stages):
    """Stages that a closing room stops at their next movement."""

    def __init__(self, job: JobHandle, closing: threading.Event) -> None:
        super().__init__(job)
        self._closing = closing

    def update(self, stage: str, progress: float | None = None) -> None:
        if self._closing.is_set():
            raise Closing(stage)
        super().update(stage, progress)
