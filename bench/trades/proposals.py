"""Owns the trade of `examples/proposals`: a folder of letters becomes proposals, and the parts of the work are told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from bench.trades.job import Job
from examples.proposals import plan
from examples.proposals.progress import Progress
from examples.proposals.samples import write_samples
from examples.proposals.tracker import Tracker
from examples.proposals.work import TEXTS, Done, Errand, work
from headway import Reporter


class Heard:
    """The other end of the pipe of a worker: what it sends is told at once, and what it ends with is kept."""

    def __init__(self, told: Callable[..., None]) -> None:
        self._told = told
        self.done: Done | None = None

    def send(self, said: Any) -> None:
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Done):
            self.done = said
        else:
            self._told(*said)


def trade(folder: Path, reporter: Reporter | None, held: ExitStack) -> Job:
    write_samples(folder / TEXTS)
    errand = Errand(plan.PROPOSALS, folder)
    tracker = None if reporter is None else Tracker(reporter)
    if tracker is not None:
        held.callback(tracker.close)

    def job(_number: int) -> None:
        if tracker is None:
            _worked(errand, _untold)
        else:
            _reported(tracker, errand)

    return job


def _worked(errand: Errand, told: Callable[..., None]) -> Done:
    """As in the process that does it, which tells no more than ten times a second."""
    heard = Heard(told)
    work(cast("Connection", heard), errand)
    assert heard.done is not None, "it says how it ended"
    return heard.done


def _untold(_stage: str, _current: int, _total: int, _message: str) -> None:
    return None


def _reported(tracker: Tracker, errand: Errand) -> None:
    job_id = tracker.create(plan.PROPOSALS, project="town", subject="project:town")
    tracker.take(job_id)

    def told(stage: str, current: int, total: int, message: str) -> None:
        tracker.update(job_id, Progress(stage=stage, message=message, done=current, of=total))

    made = _worked(errand, told)
    tracker.complete(job_id, made.message, made.result)
