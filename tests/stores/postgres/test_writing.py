"""A lone transition in PostgreSQL: one short statement writes all of its rows or none, whatever lies between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnavailable
from headway.core.plan import parse_plan
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import BatchMark
from tests.postgres.pooler import Pooler
from tests.stores.lives import Life, birth, commit_of, loaded


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(database)) as store:
        yield store


def test_a_step_that_is_not_where_its_job_had_it_ends_the_whole_transition(store: PostgresStore, database: str) -> None:
    life = Life(store, "read", "extract").begun()
    with psycopg.connect(database) as other:
        other.execute("delete from headway.step where name = 'read'")
    assert store.commit([commit_of(life.job, c.StartStep(step="read"))]) == [None]
    assert store.version(life.id) == life.job.version
    assert len(store.history(life.id)) == life.job.seq


def test_a_batch_that_was_sent_already_changes_nothing(store: PostgresStore) -> None:
    life = Life(store, "read").begun()
    for number in (1, 2, 3):
        life.tell(c.Note(message="read"), marks=[BatchMark("one", number, 1)])
    again = commit_of(life.job, c.Note(message="read"), marks=[BatchMark("one", 3, 1)])
    assert store.commit([again]) == [None]
    assert loaded(store, life.id) == life.job


@pytest.mark.parametrize("text", ["", "ä\u2028\n'\\", "\U0001f600" * 500, "null", "{}"])
def test_text_arrives_as_it_was_sent(store: PostgresStore, text: str) -> None:
    life = Life(store, "read").begun()
    life.tell(c.Note(message=f"x{text}", detail={text: text}))
    (event,) = store.history(life.id, after=life.job.seq - 1)
    assert (event.message, event.detail) == (f"x{text}", {text: text})


def test_a_transition_passes_a_pooler_that_forgets_what_was_prepared(pooler: Pooler) -> None:
    with closing(PostgresStore(pooler.url)) as store:
        life = Life(store, "read").begun()
        for number in range(4):
            life.tell(c.Note(message=f"page {number}"))
            if number == 1:
                pooler.restart()
        assert loaded(store, life.id) == life.job


def test_a_transition_whose_server_left_is_told_as_such(store: PostgresStore, database: str) -> None:
    life = Life(store, "read").begun()
    life.tell(c.Note(message="one"))
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(ENDING)
    with pytest.raises(StoreUnavailable):
        life.tell(c.Note(message="two"))
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("drop trigger ending on headway.event")
    life.tell(c.Note(message="three"))
    assert [event.message for event in store.history(life.id)][-2:] == ["one", "three"]


ENDING = """
create function headway.end_it() returns trigger language plpgsql
as 'begin perform pg_terminate_backend(pg_backend_pid()); return new; end';
create trigger ending before insert on headway.event for each row execute function headway.end_it();
"""


def test_a_group_of_every_kind_is_stored_in_one_order(store: PostgresStore) -> None:
    lives = [Life(store, "read", "extract").begun() for _ in range(6)]
    told: tuple[list[c.Command], ...] = (
        [c.Note(message="one event")],
        [c.Update(message="a tick")],
        [c.StartStep(step="read")],
        [c.Note(message="two"), c.Note(message="events")],
        [c.Wait(reason="input")],
        [c.Note(message="and a tick after it"), c.Update(message="now")],
    )
    commits = [commit_of(life.job, *commands) for life, commands in zip(lives, told, strict=True)]
    positions = store.commit([*commits, birth(parse_plan(["read"]))])
    assert len({*positions}) == 7
    for life, commit, position in zip(lives, commits, positions[:-1], strict=True):
        assert loaded(store, life.id) == commit.after
        assert store.history(life.id, after=life.job.seq) == list(commit.events)
        assert position is not None
    reach = store.horizon().reach  # its one position may lie before them: other databases of this server write too
    assert all(reach.covers(position) for position in positions if position)


def test_who_lost_the_race_holds_up_none_of_the_group(store: PostgresStore) -> None:
    lives = [Life(store, "read").begun() for _ in range(5)]
    commits = [commit_of(life.job, c.Note(message="one")) for life in lives]
    lives[3].tell(c.Note(message="first"))
    positions = store.commit(commits)
    assert [position is None for position in positions] == [False, False, False, True, False]
    assert [len(store.history(life.id)) for life in lives] == [3] * 5


def test_a_lone_transition_is_prepared_anew_after_a_rollback(store: PostgresStore) -> None:
    """Psycopg lets the server forget every prepared statement when a transaction is rolled back."""
    life = Life(store, "scan").begun()
    life.tell(c.Note(message="a"))
    assert store._connections._prepares

    def roll_back(db: Connection) -> None:
        with pytest.raises(ZeroDivisionError), db.transaction():
            db.execute("select 1")
            raise ZeroDivisionError
        db.execute("select 1")

    store._connections.run(roll_back)
    life.tell(c.Note(message="b"))
    assert [event.message for event in store.history(life.id)][-2:] == ["a", "b"]
    assert store._connections._prepares, "it would be taken for a pooler, and nothing prepared any more"


def test_lost_races_do_not_end_the_use_of_prepared_statements(store: PostgresStore) -> None:
    lives = [Life(store).begun() for _ in range(600)]  # more than one statement takes: a transaction of several
    for _ in range(3):
        stale = [commit_of(life.job, c.Advance(delta=1)) for life in lives]
        lives[17].tell(c.Note(message="first"))
        answers = store.commit(stale)
        assert [index for index, answer in enumerate(answers) if answer is None] == [17]
        for life, commit in zip(lives, stale, strict=True):
            life.job = life.job if life is lives[17] else commit.after
        lives[3].tell(c.Note(message="alone"))
    assert store._connections._prepares
