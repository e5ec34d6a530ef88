"""Stored changes become frames: which entries a reader needs, in which order, and where each leaves its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from headway.core.changes import Event
from headway.core.job import Job
from headway.hub.cursor import GAPS_MAX
from headway.hub.frames import Batch, Frame, Kind
from headway.stores.codec import checkpoint_of
from headway.stores.protocol import Delta, StoredEvent
from headway.stores.reach import Reach, up_to

# The only things that can happen to a job that has ended; a reader need not know such a job.
_AFTER_THE_END = frozenset({"retry_requested", "report_refused"})

_Place = tuple[Reach, str]  # what has been delivered, and the check at the position of that


class Source(Protocol):
    """What is asked of a store besides the delta."""

    def load_many(self, job_ids: Iterable[str]) -> list[Job]: ...

    def checkpoint(self, position: int) -> str: ...


def batch(delta: Delta, before: Reach, check: str, source: Source) -> Batch:
    """The frames of a delta, for readers that have had everything `before`, where `check` is the check."""
    jobs = _jobs(delta, source)
    places = _places(delta, before, check, source.checkpoint)
    frames = [
        frame
        for stored, place in zip(delta.events, places, strict=False)
        for frame in _of_event(stored, jobs.get(stored.job_id), place)
    ]
    frames += _states(delta)
    frames.sort(key=_position)
    reach, newest = places[-1]
    return Batch(reach=reach, check=newest, frames=tuple(frames))


def introduces(event: Event, job: Job) -> bool:
    """Whether readers may never have heard of the event's job: they know the live ones and some that ended."""
    return event.seq == 1 or (event.type in _AFTER_THE_END and (job.terminal or event.type == "retry_requested"))


def _of_event(stored: StoredEvent, job: Job | None, place: _Place) -> list[Frame]:
    """An event, after a snapshot of its job where that may be unknown. Nothing for a job that was deleted since."""
    if job is None:
        return []
    frame = Frame(Kind.EVENT, stored.position, job, stored.event, *place)
    return [Frame(Kind.SNAPSHOT, stored.position, job), frame] if introduces(stored.event, job) else [frame]


def _states(delta: Delta) -> list[Frame]:
    """The newest state of each job whose last change was a tick; an event tells its job's state itself."""
    told = {(stored.position, stored.job_id) for stored in delta.events}
    return [
        Frame(Kind.STATE, position, job)
        for position, job in delta.jobs
        if (position, job.id) not in told and delta.reach.covers(position)
    ]


def _jobs(delta: Delta, source: Source) -> Mapping[str, Job]:
    """The newest states of all jobs with events here, also of those that changed once more beyond the delta's end."""
    jobs = {job.id: job for _, job in delta.jobs}
    missing = {stored.job_id for stored in delta.events} - set(jobs)
    return jobs | {job.id: job for job in source.load_many(missing)} if missing else jobs


def _places(delta: Delta, before: Reach, check: str, checkpoint: Callable[[int], str]) -> list[_Place]:
    """Where each event leaves a reader, and last where the whole delta does."""
    checks = [checkpoint_of(stored) for stored in delta.events]
    if before.gaps or delta.reach.gaps:
        return _places_among_gaps(delta, before, {before.position: check}, checkpoint)
    inner = [(up_to(stored.position), own) for stored, own in zip(delta.events, checks, strict=True)]
    return [*inner, (delta.reach, checks[-1] if checks else check)]


def _places_among_gaps(
    delta: Delta, before: Reach, checks: dict[int, str], checkpoint: Callable[[int], str]
) -> list[_Place]:
    """An event is delivered although not everything before it is. Where a gap closes, everything up to the next one is
    proven, of which much was delivered before: only the store still knows the newest event of it.
    """
    checks |= {stored.position: checkpoint_of(stored) for stored in delta.events}
    places = []
    for stored in delta.events:
        reach = before.plus(delta.reach, stored.position + 1).coarse(GAPS_MAX)
        places.append((reach, _check(reach, checks, checkpoint)))
    return [*places, (delta.reach, _check(delta.reach, checks, checkpoint))]


def _check(reach: Reach, checks: dict[int, str], checkpoint: Callable[[int], str]) -> str:
    position = reach.position
    if position not in checks:
        checks[position] = checkpoint(position)
    return checks[position]


def _position(frame: Frame) -> int:
    return frame.position
