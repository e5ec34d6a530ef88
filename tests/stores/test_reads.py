"""What is read is what was committed: jobs by their ids, histories page by page, checkpoints, freshness."""

from __future__ import annotations

import pytest

from headway.core import commands as c
from headway.core.changes import fold
from headway.core.plan import parse_plan
from headway.stores.protocol import JobQuery, Store
from headway.stores.reach import up_to
from tests.stores.lives import NOTHING, NOW, Life, birth, loaded, new_id
from tests.waiting import eventually

STRANGE = ["", " ", "x" * 100_000, "\x00", "🎉", "../etc/passwd", "%", "'; drop table job; --", "\udcff", "é"]


@pytest.mark.parametrize("job_id", [new_id(), *STRANGE], ids=range(len(STRANGE) + 1))
def test_a_job_that_is_not_there_is_simply_not_there(store: Store, job_id: str) -> None:
    Life(store)
    assert store.load(job_id) is None
    assert store.version(job_id) is None
    assert store.history(job_id) == []
    assert store.load_many([job_id]) == []
    assert store.last_batch(job_id, 1, "p") == 0
    assert job_id in ("", "0192d3a0") or store.ids_like(job_id) == []


def test_many_jobs_are_loaded_at_once(store: Store) -> None:
    commits = [birth(parse_plan(["scan", "load"])) for _ in range(1200)]
    store.commit(commits, durable=False)
    jobs = {commit.after.id: commit.after for commit in commits}
    found = store.load_many([*jobs, new_id(), *list(jobs)[:3]])
    assert {job.id: job for job in found} == jobs


def test_an_id_is_found_by_its_beginning(store: Store) -> None:
    ids = sorted(Life(store).id for _ in range(20))
    assert store.ids_like(ids[3]) == [ids[3]]
    assert store.ids_like(ids[0][:20], limit=5) == ids[:5]
    assert store.ids_like(ids[0][:8], limit=100) == ids
    assert store.ids_like("f") == []


def test_the_version_is_the_jobs(store: Store) -> None:
    life = Life(store).begun()
    life.tell(c.Advance(delta=1), c.Advance(delta=1))
    assert store.version(life.id) == life.job.version == 4


def test_freshness_changes_with_each_commit_and_not_by_reading(store: Store) -> None:
    life = Life(store).begun()
    for command in (c.Advance(delta=1), c.Note(message="a"), None, c.Advance(delta=1)):
        before = store.freshness()
        if command:
            life.tell(command)
        else:
            store.repair(life.job)
        assert store.freshness() != before
        eventually(lambda: unmoved_by_reading(store, life))  # other databases of one server may be written meanwhile


def unmoved_by_reading(store: Store, life: Life) -> bool:
    before = store.freshness()
    assert store.load(life.id) == life.job
    assert not store.delta(NOTHING).more
    return store.freshness() == before


@pytest.fixture
def long(store: Store) -> Life:
    """A job of fifty events among those of others, with ticks between."""
    life, other = Life(store).begun(), Life(store).begun()
    for number in range(48):
        life.tell(c.Advance(delta=1), c.Note(message=f"note {number}"))
        if number % 3 == 0:
            other.tell(c.Note(message="other"), c.Advance(delta=1))
        if number % 5 == 0:
            life.tell(c.Advance(delta=1))
    return life


def test_a_history_is_read_in_pages_of_any_size_from_anywhere(store: Store, long: Life) -> None:
    whole = store.history(long.id, limit=1000)
    assert [event.seq for event in whole] == list(range(1, 51))
    for after in range(52):
        for limit in (1, 2, 15, 16, 17, 32, 100):
            assert store.history(long.id, after=after, limit=limit) == whole[after : after + limit]


@pytest.mark.parametrize("events", [1, 2, 15, 16, 17, 31, 32, 33, 48])
def test_a_history_of_any_length_is_whole(store: Store, events: int) -> None:
    life = Life(store).begun()
    for number in range(2, events):
        life.tell(c.Note(message=str(number)))
    told = store.history(life.id, limit=1000)
    assert [event.seq for event in told] == list(range(1, life.job.seq + 1))
    assert fold(life.job.facts, told) == life.job


def test_events_that_came_together_are_told_apart(store: Store) -> None:
    life = Life(store, *[f"s{number}" for number in range(40)]).begun()
    life.tell(c.StartStep(step="s1"), c.Succeed(result={"ok": True}))
    told = store.history(life.id, limit=1000)
    assert [event.seq for event in told] == list(range(1, life.job.seq + 1))
    assert len(told) > 40
    assert fold(life.job.facts, told) == life.job


def test_an_event_comes_back_as_it_was_decided(store: Store) -> None:
    life = Life(store, "scan").begun()
    detail = {"é": [1, 2.5, None, True], "deep": {"a": {"b": "\u2028 \n"}}}
    life.tell(c.Note(message="a\r\n\nevent: x", detail=detail, at=NOW - 5), now=NOW + 7)
    (told,) = store.history(life.id, after=2)
    assert (told.message, told.detail, told.at, told.recorded_at) == ("a\r\n\nevent: x", detail, NOW - 5, NOW + 7)
    assert (told.type, told.attempt, told.version) == ("noted", 1, life.job.version)


def test_a_checkpoint_names_the_newest_event_at_a_position(store: Store) -> None:
    assert store.checkpoint(0) == store.checkpoint(100) == "0"
    life = Life(store).begun()
    noted = life.tell(c.Note(message="a"))
    ticked = life.tell(c.Advance(delta=1))
    places = [stored.position for stored in store.delta(NOTHING).events]
    checks = [store.checkpoint(place) for place in places]
    assert places[-1] == noted
    assert [store.checkpoint(place - 1) for place in places] == ["0", *checks[:-1]]
    assert checks[-1] == store.checkpoint(ticked) == store.checkpoint(ticked + 100)
    assert len({"0", *checks}) == 4
    life.tell(c.Note(message="b"))
    assert [store.checkpoint(place) for place in (*places, ticked)] == [*checks, checks[-1]]
    assert all(check.isascii() and check.isalnum() and check == check.lower() for check in checks)


def test_the_horizon_names_the_store(store: Store) -> None:
    before = store.horizon()
    Life(store).begun()
    after = store.horizon()
    assert (before.epoch, before.floor) == (after.epoch, 0)
    assert after.epoch.isalnum()


def test_the_horizon_covers_all_that_was_stored_and_nothing_that_comes(store: Store) -> None:
    life = Life(store)
    for command in (c.Attach(), c.Advance(delta=1), c.Note(message="a"), c.Succeed()):
        before, at = store.horizon().reach, life.position
        assert before.covers(at)
        assert not before.covers(life.tell(command))


def test_positions_only_grow(store: Store) -> None:
    life = Life(store)
    commands = (c.Attach(), c.Advance(delta=1), c.Note(message="a"), c.Advance(delta=1), c.Note(message="b"))
    seen = [0, life.position, *(life.tell(command) for command in commands)]
    assert seen == sorted(set(seen))
    assert loaded(store, life.id) == life.job


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**30])
def test_no_number_is_too_large_to_ask_for(store: Store, number: int) -> None:
    life = Life(store).begun()
    ahead = store.delta(up_to(number))
    assert (ahead.events, ahead.jobs, ahead.more) == ([], [], False)
    assert ahead.reach.covers(life.position)
    assert store.checkpoint(number) == store.checkpoint(life.position)
    assert store.history(life.id, after=number) == []
    assert store.history(life.id, limit=number) == store.history(life.id)
    assert store.jobs(JobQuery(before=(number, ""))) == [life.job]
    assert store.jobs(JobQuery(created_after=number)) == []
    assert store.jobs(JobQuery(created_before=-number)) == []
    assert store.jobs(JobQuery(quiet_since=number)) == [life.job]
    assert store.last_batch(life.id, number, "p") == 0
    assert not ahead.reach.covers(life.tell(c.Note(message="later")))


def test_versions_of_many_jobs_are_one_question(store: Store) -> None:
    lives = [Life(store).begun() for _ in range(3)]
    lives[1].tell(c.Note(message="a"))
    asked = [*(life.id for life in lives), new_id()]
    assert store.versions(asked) == {life.id: life.job.version for life in lives}
    assert store.versions([]) == {}
