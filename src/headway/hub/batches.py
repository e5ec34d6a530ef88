"""Stored changes become frames: which entries a reader needs, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from headway.core.changes import Event
from headway.core.job import Job
from headway.hub.frames import Batch, Frame, Kind
from headway.stores.codec import checkpoint_of
from headway.stores.protocol import Delta, StoredEvent

# The only things that can happen to a job that has ended; a reader need not know such a job.
_AFTER_THE_END = frozenset({"retry_requested", "report_refused"})


def batch(delta: Delta, check: str, load_many: Callable[[Iterable[str]], list[Job]]) -> Batch:
    """The frames of a delta. `check`: of the newest event before it."""
    jobs = _jobs(delta, load_many)
    frames = [frame for stored in delta.events for frame in _of_event(stored, jobs.get(stored.job_id))]
    frames += _states(delta)
    frames.sort(key=_position)
    newest = checkpoint_of(delta.events[-1]) if delta.events else check
    return Batch(position=delta.position, check=newest, frames=tuple(frames))


def introduces(event: Event, job: Job) -> bool:
    """Whether readers may never have heard of the event's job: they know the live ones and some that ended."""
    return event.seq == 1 or (event.type in _AFTER_THE_END and (job.terminal or event.type == "retry_requested"))


def _of_event(stored: StoredEvent, job: Job | None) -> list[Frame]:
    """An event, after a snapshot of its job where that may be unknown. Nothing for a job that was deleted since."""
    if job is None:
        return []
    frame = Frame(Kind.EVENT, stored.position, job, stored.event, checkpoint_of(stored))
    return [Frame(Kind.SNAPSHOT, stored.position, job), frame] if introduces(stored.event, job) else [frame]


def _states(delta: Delta) -> list[Frame]:
    """The newest state of each job whose last change was a tick; an event tells its job's state itself."""
    told = {stored.position for stored in delta.events}
    return [
        Frame(Kind.STATE, position, job)
        for position, job in delta.jobs
        if position <= delta.position and position not in told
    ]


def _jobs(delta: Delta, load_many: Callable[[Iterable[str]], list[Job]]) -> Mapping[str, Job]:
    """The newest states of all jobs with events here, also of those that changed once more beyond the delta's end."""
    jobs = {job.id: job for _, job in delta.jobs}
    missing = {stored.job_id for stored in delta.events} - set(jobs)
    return jobs | {job.id: job for job in load_many(missing)} if missing else jobs


def _position(frame: Frame) -> int:
    return frame.position
