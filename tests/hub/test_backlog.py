"""Owns the proof that a backlog is bounded, keeps what a slow reader needs, and says when it cannot."""

from __future__ import annotations

from headway.core import commands as c
from headway.core.job import Job
from headway.hub.backlog import Backlog
from headway.hub.frames import Frame, Kind
from headway.stores.reach import Reach, up_to
from tests.core.jobs import after, events, running

JOB = running("scan")


def state(position: int, job: Job = JOB) -> Frame:
    return Frame(Kind.STATE, position, job)


def event(position: int, job: Job = JOB) -> Frame:
    [started] = events(job, c.StartStep(step="scan"))
    return Frame(Kind.EVENT, position, job, started, up_to(position), "c0ffee")


def positions(frames: list[Frame] | None) -> list[int] | None:
    return None if frames is None else [frame.position for frame in frames]


def filled(*frames: Frame, events_max: int = 10, states_max: int = 10) -> Backlog:
    """Frames that came one by one, each as soon as it was there."""
    backlog = Backlog(up_to(0), events_max=events_max, states_max=states_max)
    for frame in frames:
        backlog.add(frame, up_to(frame.position))
    return backlog


def other(number: int) -> Job:
    job = after(JOB)
    facts = type(job.facts)(**(vars(job.facts) | {"id": f"0192d3a0-7c00-7000-8000-{number:012}"}))
    return type(job)(**(vars(job) | {"facts": facts}))


def test_only_the_newest_state_of_a_job_is_kept() -> None:
    backlog = filled(state(1), state(2, other(2)), state(3), state(4))
    assert positions(backlog.since(0)) == [2, 4]


def test_an_event_makes_its_jobs_older_state_needless() -> None:
    assert positions(filled(state(1), event(2)).since(0)) == [2]


def test_an_event_is_kept_though_a_newer_state_is_there() -> None:
    assert positions(filled(event(1), state(2), event(3), state(4)).since(0)) == [1, 3, 4]


def test_a_snapshot_stays_before_the_event_at_its_own_position() -> None:
    backlog = filled(state(1), Frame(Kind.SNAPSHOT, 2, JOB), event(2), state(3))
    assert [frame.kind for frame in backlog.since(0) or []] == [Kind.SNAPSHOT, Kind.EVENT, Kind.STATE]


def test_a_reader_gets_what_came_after_its_place() -> None:
    backlog = filled(event(1), event(2), state(3, other(2)), event(4))
    assert positions(backlog.since(2)) == [3, 4]
    assert positions(backlog.since(4)) == []


def test_what_comes_late_is_given_in_the_order_in_which_it_came() -> None:
    backlog = Backlog(up_to(0))
    gap = Reach(6, ((2, 4),))
    for frame, tide in ((event(1), up_to(1)), (event(5), gap), (state(2, other(2)), up_to(6)), (event(6), up_to(6))):
        backlog.add(frame, tide)
    assert positions(backlog.since(1)) == [5, 2, 6]
    assert positions(backlog.beyond(gap)) == [2, 6]
    assert positions(backlog.beyond(up_to(2))) == [5, 6]
    assert positions(backlog.beyond(Reach(7, ((2, 4),)))) == [2]
    assert positions(backlog.beyond(up_to(6))) == []


def test_who_has_read_less_than_what_came_before_is_told_so() -> None:
    backlog = Backlog(Reach(6, ((2, 4),)))
    assert backlog.beyond(up_to(1)) is None
    assert backlog.beyond(Reach(6, ((2, 5),))) is None
    assert backlog.beyond(Reach(6, ((2, 3),))) == []


def test_a_million_ticks_of_one_job_overflow_nothing() -> None:
    backlog = filled(*(state(position) for position in range(1, 1000)))
    assert positions(backlog.since(0)) == [999]
    assert positions(backlog.beyond(up_to(0))) == [999]


def test_more_events_than_are_kept_are_not_skipped_in_silence() -> None:
    backlog = filled(*(event(position) for position in range(1, 13)))
    assert backlog.since(1) is None
    assert backlog.beyond(up_to(1)) is None
    assert positions(backlog.since(2)) == list(range(3, 13))
    assert positions(backlog.beyond(up_to(2))) == list(range(3, 13))


def test_states_of_more_jobs_than_are_kept_are_not_skipped_in_silence() -> None:
    backlog = filled(*(state(number, other(number)) for number in range(1, 13)))
    assert backlog.since(1) is None
    assert positions(backlog.since(2)) == list(range(3, 13))


def test_half_of_a_position_is_never_given() -> None:
    backlog = filled(Frame(Kind.SNAPSHOT, 1, JOB), event(1), event(2), events_max=2)
    assert backlog.beyond(up_to(0)) is None
    assert positions(backlog.beyond(up_to(1))) == [2]


def test_what_every_reader_has_had_is_dropped() -> None:
    backlog = filled(event(1), state(2, other(2)), event(3), state(4))
    backlog.drop(3)
    assert backlog.since(2) is None
    assert backlog.beyond(up_to(2)) is None
    assert positions(backlog.since(3)) == [4]
    assert positions(backlog.beyond(up_to(3))) == [4]
