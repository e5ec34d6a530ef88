"""Owns the trade of `examples/images`: a picture is checked, drawn anew, stored and marked, and followed in memory."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from pathlib import Path

import headway
from bench.trades.job import Job
from examples.images import plan, storage
from examples.images.samples import samples
from examples.images.sketch import SketchGenerator
from examples.images.stages import Stages
from examples.images.storage import Storage
from examples.images.told import Told
from examples.images.work import make
from headway import Reporter
from headway.sinks import Analytics, LogSink


class Untold:
    """What stages are to this work, saying nothing."""

    def update(self, stage: str, progress: float | None = None) -> None:
        return None


def trade(folder: Path, reporter: Reporter | None, held: ExitStack) -> Job:
    pictures = [sample.make() for sample in samples() if sample.refused is None]
    objects, generator = Storage.at(folder), SketchGenerator()
    if reporter is not None:
        jobs = held.enter_context(headway.mirror(kind=plan.KIND, reporter=reporter))
        jobs.listen(Told(Analytics(LogSink())).changed)

    def job(number: int) -> None:
        job_id = str(uuid.uuid4())
        objects.put(storage.upload(job_id), pictures[number % len(pictures)])
        if reporter is None:
            make(job_id, Untold(), objects, generator)
        else:
            _reported(reporter, job_id, objects, generator)

    return job


def _reported(reporter: Reporter, job_id: str, objects: Storage, generator: SketchGenerator) -> None:
    reporter.create(plan.KIND, id=job_id, steps=plan.STEPS, project="somebody", subject=f"upload:{job_id}")
    job = reporter.resume(job_id)
    assert job is not None, "it was made just now"
    job.succeed(make(job_id, Stages(job), objects, generator))
