"""Whatever transactions do, a reader is told of every committed change once, at once, and knows what it can prove."""

from __future__ import annotations

import psycopg
import pytest

from headway.core import commands as c
from headway.core.plan import parse_plan
from headway.stores.postgres.snapshots import SPAN
from headway.stores.postgres.store import PostgresStore
from headway.stores.reach import up_to
from tests.stores.lives import Life, birth, new_id
from tests.stores.postgres.following import Follower
from tests.stores.postgres.held import held

NOTE = c.Note(message="a")
TICK = c.Advance(delta=1)
CHANGES = pytest.mark.parametrize("change", [NOTE, TICK, c.Succeed()], ids=["event", "tick", "several"])


@pytest.fixture
def lives(quiet: PostgresStore) -> tuple[Life, Life]:
    return Life(quiet).begun(), Life(quiet).begun()


@pytest.fixture
def reader(quiet: PostgresStore, lives: tuple[Life, Life]) -> Follower:
    """One who has read all that there was."""
    reader = Follower(quiet)
    assert len(reader.read()) == 4
    assert proven(reader)
    return reader


def proven(reader: Follower) -> bool:
    """Whether it can claim all that it has read with one number."""
    return not reader.reach.gaps


@CHANGES
def test_a_lower_position_that_commits_later_is_told_when_it_commits(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower, change: c.Command
) -> None:
    slow, quick = lives
    with held(quiet) as one:
        low, after = one.change(slow.job, change)
        high = quick.tell(NOTE)
        assert low < high
        assert reader.read() == [(quick.id, 3)]
        assert reader.reach.covers(high)
        assert not reader.reach.covers(low)
        assert reader.reach.position < low  # nobody can claim more with one number
        one.commit()
        assert reader.read() == [(slow.id, seq) for seq in range(3, after.seq + 1)]
        assert reader.versions[slow.id] == after.version
        assert reader.reach.position >= high
        assert proven(reader)
    assert reader.read() == []


@CHANGES
def test_two_that_overlap_are_told_in_either_order_of_their_ends(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower, change: c.Command
) -> None:
    with held(quiet) as first, held(quiet) as second:
        _, one = first.change(lives[0].job, change)
        _, other = second.change(lives[1].job, change)
        assert reader.read() == []
        second.commit()
        assert reader.read() == [(other.id, seq) for seq in range(3, other.seq + 1)]
        first.commit()
        assert reader.read() == [(one.id, seq) for seq in range(3, one.seq + 1)]
    assert reader.versions == {one.id: one.version, other.id: other.version}


def test_a_cursor_of_one_number_repeats_and_never_skips(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower
) -> None:
    slow, quick = lives
    with held(quiet) as one:
        _, after = one.change(slow.job, NOTE)
        quick.tell(NOTE)
        reader.read()
        plain = up_to(reader.reach.position)
        one.commit()
    again = Follower(quiet, since=plain)
    assert sorted(again.read()) == sorted([(slow.id, after.seq), (quick.id, 3)])


def test_an_older_id_with_a_younger_transaction_is_told(quiet: PostgresStore, reader: Follower) -> None:
    older, younger = new_id(), new_id()
    with held(quiet) as one:
        quick = Life(quiet, id=younger)
        assert reader.read() == [(quick.id, 1)]
        slow = one.create(birth(parse_plan(), id=older))
        assert older < younger
        assert reader.read() == []
        one.commit()
    assert reader.read() == [(slow.id, 1)]
    assert proven(reader)


def test_a_key_taken_early_by_a_younger_transaction_is_told(quiet: PostgresStore, reader: Follower) -> None:
    """Keys, as any sequence's numbers, are handed out before the commit, and in no order with transactions."""
    with held(quiet) as one, held(quiet) as other:
        other.take_number()
        slow = one.create(birth(parse_plan()))
        quick = other.create(birth(parse_plan()))
        one.commit()
        assert reader.read() == [(slow.id, 1)]
        other.commit()
    assert list(quiet.job_ids())[-2:] == [slow.id, quick.id]
    assert reader.read() == [(quick.id, 1)]
    assert reader.told[-1].position < reader.told[-2].position


def test_one_that_had_its_number_long_before_it_wrote_is_told(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower
) -> None:
    with held(quiet) as early:
        early.take_number()
        for _ in range(3):
            lives[1].tell(NOTE)
            reader.read()
        at, after = early.change(lives[0].job, NOTE)
        assert at < lives[1].position
        assert reader.read() == []
        early.commit()
    assert reader.read() == [(after.id, 3)]
    assert proven(reader)


def test_jobs_made_by_one_that_had_its_number_long_before_are_told(quiet: PostgresStore, reader: Follower) -> None:
    with held(quiet) as early:
        early.take_number()
        lowest = Life(quiet).position
        reader.read()
        made = [early.create(birth(parse_plan())) for _ in range(3)]
        early.commit()
    assert reader.read() == [(job.id, 1) for job in made]
    assert all(stored.position < lowest for stored in reader.told[-3:])


def test_a_foreign_transaction_delays_no_delivery_and_the_cursor_stays_provable(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower
) -> None:
    with held(quiet) as foreign:
        foreign.db.execute("create table elsewhere (number integer)")
        foreign.db.execute("insert into elsewhere values (1)")
        started = reader.reach.position
        for number in range(20):
            life = lives[number % 2]
            life.tell(NOTE, TICK)
            assert reader.read() == [(life.id, life.job.seq)]
            assert reader.versions[life.id] == life.job.version
        assert started <= reader.reach.position < lives[0].position
        assert len(reader.reach.gaps) == 1
        resumed = Follower(quiet, since=up_to(reader.reach.position))
        assert len(resumed.read()) == 20
        foreign.commit()
    assert reader.read() == []
    assert proven(reader)
    assert reader.reach.position >= lives[1].position
    assert reader.reach.includes(up_to(lives[1].position))


def test_what_was_rolled_back_is_never_told(quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower) -> None:
    with held(quiet) as one:
        one.change(lives[0].job, NOTE)
        lives[1].tell(NOTE)
        assert reader.read() == [(lives[1].id, 3)]
        one.rollback()
    assert reader.read() == []
    assert proven(reader)
    lives[0].tell(c.Note(message="instead"))
    assert reader.read() == [(lives[0].id, 3)]
    assert reader.history(lives[0].id)[-1].message == "instead"


def test_a_savepoint_that_was_rolled_back_leaves_the_rest(quiet: PostgresStore, reader: Follower) -> None:
    with held(quiet) as one:
        kept = [one.create(birth(parse_plan()))]
        one.db.execute("savepoint here")
        gone = one.create(birth(parse_plan()))
        one.db.execute("rollback to here")
        kept += [one.create(birth(parse_plan())) for _ in range(2)]
        assert reader.read() == []
        assert len(reader.reach.gaps) == 1
        one.commit()
    assert reader.read() == [(job.id, 1) for job in kept]
    assert quiet.load(gone.id) is None
    places = [stored.position for stored in reader.told[-3:]]
    assert places == sorted(set(places))
    assert {place // SPAN for place in places} == {places[0] // SPAN}


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_a_prepared_transaction_is_open_until_it_is_ended(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower, ending: str
) -> None:
    with held(quiet) as one:
        at, after = one.change(lives[0].job, NOTE)
        one.db.execute("prepare transaction 'headway'")
    lives[1].tell(NOTE)
    assert reader.read() == [(lives[1].id, 3)]
    assert reader.reach.position < at
    with held(quiet) as other:
        other.commit()
        other.db.execute(f"{ending} prepared 'headway'")
    assert reader.read() == ([(after.id, 3)] if ending == "commit" else [])
    assert proven(reader)


LAST = pytest.mark.parametrize("last", [NOTE, TICK], ids=["event", "tick"])


@LAST
@pytest.mark.parametrize("change", [NOTE, c.Succeed()], ids=["event", "several"])
def test_a_later_event_of_a_job_lies_higher_or_the_transaction_must_be_run_again(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower, last: c.Command, change: c.Command
) -> None:
    life = lives[0]
    with held(quiet) as early:
        early.take_number()
        life.tell(last)
        early.change(life.job, change)
        with pytest.raises(psycopg.errors.SerializationFailure, match="run the transaction again"):
            early.commit()
        assert quiet.load(life.id) == life.job
        early.db.execute("begin")
        at, after = early.change(life.job, change)
        assert at > life.position
        early.commit()
    reader.read()
    assert [event.seq for event in reader.history(life.id)] == list(range(1, after.seq + 1))
    assert reader.versions[life.id] == after.version


def test_a_tick_that_comes_before_the_last_event_must_be_run_again(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower
) -> None:
    life = lives[0]
    with held(quiet) as early:
        early.take_number()
        life.tell(NOTE)
        with pytest.raises(psycopg.errors.SerializationFailure, match="run the transaction again"):
            early.change(life.job, TICK)
        early.rollback()
        early.db.execute("begin")
        at, after = early.change(life.job, TICK)
        early.commit()
    reader.read()
    assert at > life.position
    assert reader.versions[life.id] == after.version


@LAST
def test_a_report_in_sql_lies_higher_too_or_is_refused_at_once(
    quiet: PostgresStore, lives: tuple[Life, Life], reader: Follower, last: c.Command
) -> None:
    life = lives[0]
    report = "select headway.update_job_progress($1, null, 3, 4, 'from SQL')"
    with held(quiet) as early:
        early.take_number()
        life.tell(last)
        with pytest.raises(psycopg.errors.SerializationFailure, match="run the transaction again"):
            early.db.execute(report, [life.id])
        early.rollback()
        early.db.execute("begin")
        early.db.execute(report, [life.id])
        early.commit()
    reader.read()
    ((at, job),) = quiet.delta(up_to(life.position)).jobs
    assert (at > life.position, job.message, job.version) == (True, "from SQL", reader.versions[life.id])
