"""Owns what the functions that report in SQL do in a database: transactions, roles, hints, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from headway.cli.audit import Audit
from headway.core import commands as c
from headway.core import limits
from headway.core.table import JOB_TABLE, PHASES, STEP_PHASES, STEP_TABLE
from headway.reporting.batch import Batch
from headway.reporting.committer import Committer
from headway.stores.postgres.store import PostgresStore
from headway.stores.reach import up_to
from tests.house.rules import ROOT
from tests.postgres.server import Server
from tests.stores.lives import Life, loaded

UPDATE = "select * from headway.update_job_progress(%s, %s, %s, %s, %s)"
COMPLETE = "select * from headway.complete_job_progress(%s, %s)"
FAIL = "select * from headway.error_job_progress(%s, %s)"

Database = psycopg.Connection[Any]


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database)
    yield store
    store.close()


@pytest.fixture
def db(database: str) -> Iterator[Database]:
    """Another program's connection."""
    with psycopg.connect(database, autocommit=True) as db:
        yield db


def refused(db: Database, statement: str, *values: Any) -> tuple[str | None, str | None, str | None]:
    """SQLSTATE, the argument that is meant, and the sentence."""
    with pytest.raises(psycopg.Error) as caught:
        db.execute(statement, values)
    told = caught.value.diag
    return caught.value.sqlstate, told.column_name or None, told.message_primary


def test_the_table_of_transitions_is_the_core_s_own(db: Database) -> None:
    tables = (("job", JOB_TABLE, PHASES), ("step", STEP_TABLE, STEP_PHASES))
    cells = {
        (subject, command, phase, *((None, cell[1:]) if cell[0] == "!" else (str(cell), None)))
        for subject, table, phases in tables
        for command, row in table.items()
        for phase, cell in zip(phases, row, strict=True)
    }
    assert set(db.execute("select * from headway.transition").fetchall()) == cells


def test_the_first_report_starts_a_job_and_each_stage_ends_the_one_before(store: PostgresStore, db: Database) -> None:
    life = Life(store, ("cluster", 0, 20), ("write", 20, 95), ("check", 95, 100))
    assert db.execute(UPDATE, (life.id, "cluster", 1, 3, "reading")).fetchone()[:3] == ("stored", 1, "running")  # type: ignore[index]  # there is a row
    db.execute(UPDATE, (life.id, "write", 2, 3, "writing"))
    db.execute(UPDATE, (life.id, "write", 2, 3, "still writing"))
    job = loaded(store, life.id)
    assert (job.step, job.message, job.permille, job.current, job.total) == ("write", "still writing", 200, 1, 3)
    assert [event.type for event in store.history(life.id)][1:] == [
        "started",
        "step_started",
        "step_succeeded",
        "step_started",
    ]


def test_a_job_without_steps_counts_what_it_is_told(store: PostgresStore, db: Database) -> None:
    life = Life(store)
    db.execute(UPDATE, (life.id, None, 3, 8, "three of them"))
    job = loaded(store, life.id)
    assert (job.current, job.total, job.permille, job.message) == (3, 8, 375, "three of them")
    assert refused(db, UPDATE, life.id, "scan", 1, 1, None)[0] == "HW404"


@pytest.mark.parametrize(
    ("stage", "current", "total", "message", "answer"),
    [
        ("nowhere", 1, 2, None, ("HW404", "stage", "'nowhere' is not a step of this job (its steps: scan, load)")),
        (None, 1, 2, None, ("HW422", "stage", "is needed: this job counts its steps (scan, load)")),
        ("scan", 3, 2, None, ("HW422", "current_step", "3 is more than the total 2")),
        ("scan", -1, 2, None, ("HW422", "current_step", "must not be negative, got -1")),
        ("scan", 1, -2, None, ("HW422", "total_steps", "must not be negative, got -2")),
        (
            "load",
            1,
            1,
            None,
            ("HW422", "current_step", "'load' is step 2 of 2 of this job, not 1 of 1; say so, or null for both"),
        ),
        (
            "scan",
            2,
            2,
            None,
            ("HW422", "current_step", "'scan' is step 1 of 2 of this job, not 2 of 2; say so, or null for both"),
        ),
        (
            "scan",
            1,
            2,
            "x" * (limits.MESSAGE_MAX + 1),
            ("HW422", "message", "must be at most 2000 characters, got 2001"),
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    store: PostgresStore, db: Database, stage: str, current: int, total: int, message: str, answer: tuple[str, str, str]
) -> None:
    life = Life(store, "scan", "load")
    sqlstate, field, sentence = answer
    assert refused(db, UPDATE, life.id, stage, current, total, message) == (sqlstate, field, f"{field}: {sentence}")
    assert loaded(store, life.id) == life.job


@pytest.mark.parametrize("numbers", [(1, 3), (0, 3), (None, None), (1, 2)])
def test_a_step_s_number_counts_from_one_or_from_zero_and_an_open_plan_may_have_grown(
    store: PostgresStore, db: Database, numbers: tuple[int, int]
) -> None:
    life = Life(store, "scan", "load", "store", open=True)
    db.execute(UPDATE, (life.id, "scan", *numbers, None))
    assert loaded(store, life.id).step == "scan"


def test_an_ended_job_refuses_in_the_words_of_the_table(store: PostgresStore, db: Database) -> None:
    life = Life(store, "scan")
    db.execute(COMPLETE, (life.id, "done"))
    sentence = "the job is succeeded; it has ended; retry it to start a new attempt"
    assert refused(db, UPDATE, life.id, "scan", 1, 1, None) == ("HW409", None, f"cannot update: {sentence}")
    assert refused(db, COMPLETE, life.id, None) == ("HW409", None, f"cannot succeed: {sentence}")
    assert refused(db, FAIL, life.id, "late") == ("HW409", None, f"cannot fail: {sentence}")


@pytest.mark.parametrize("id", ["0192d3a0-7c00-7000-8000-00000000dead", "x", "", None])
def test_an_id_that_nobody_has_is_no_job(db: Database, id: str | None) -> None:
    assert refused(db, COMPLETE, id, None)[::2][0] == "HW404"


def test_jobs_of_one_transaction_come_in_its_order(store: PostgresStore, db: Database) -> None:
    lives = [Life(store, "scan", "load") for _ in range(3)]
    seen = store.delta(up_to(0), limit=1000).reach
    with db.transaction():
        for stage in ("scan", "load"):
            for life in lives:
                db.execute(UPDATE, (life.id, stage, None, None, stage))
        db.execute(UPDATE, (lives[0].id, "load", None, None, "last"))
    news = store.delta(seen, limit=1000)
    positions = [event.position for event in news.events]
    assert positions == sorted(set(positions))
    told = [(lives.index(next(life for life in lives if life.id == e.job_id)), e.event.type) for e in news.events]
    first = [(n, kind) for n in range(3) for kind in ("started", "step_started")]
    assert told == [*first, *((n, kind) for n in range(3) for kind in ("step_succeeded", "step_started"))]
    assert [job.message for _, job in news.jobs] == ["load", "load", "last"]
    assert all(Audit(store).look(life.id) is None for life in lives)


def test_who_comes_too_late_is_told_to_run_the_transaction_again(
    store: PostgresStore, db: Database, database: str
) -> None:
    early, contested = Life(store, "scan"), Life(store, "scan", "load")
    with db.transaction(force_rollback=True):
        db.execute(UPDATE, (early.id, "scan", 1, 1, None))  # now it has its number
        with psycopg.connect(database, autocommit=True) as other:
            other.execute(UPDATE, (contested.id, "scan", 1, 2, None))
        again = "the job was changed after this transaction began: run the transaction again"
        assert refused(db, UPDATE, contested.id, "load", 2, 2, None) == ("40001", None, again)
    db.execute(UPDATE, (contested.id, "load", 2, 2, None))
    assert loaded(store, contested.id).step == "load"


def test_a_superseded_attempt_is_answered_and_recorded_once(store: PostgresStore, db: Database) -> None:
    life = Life(store, "scan").begun()
    life.tell(c.Attach(takeover=True))
    late = "select outcome, attempt, problem from headway.update_job_progress(%s, 'scan', 1, 1, 'late', 1)"
    problem = f"attempt 1 of job {life.id} was superseded by attempt 2; stop, or attach again to go on"
    for _ in range(2):
        assert db.execute(late, (life.id,)).fetchone() == ("fenced", 2, problem)
    refusals = [event for event in store.history(life.id) if event.type == "report_refused"]
    assert [(event.message, event.detail) for event in refusals] == [
        ("attempt 1 was superseded", {"attempt": 1, "producer": "sql"})
    ]
    assert loaded(store, life.id).message is None
    assert Audit(store).look(life.id) is None


def test_a_worker_in_python_goes_on_where_sql_has_reported(store: PostgresStore, db: Database) -> None:
    life, committer = Life(store, "scan", "load"), Committer(store)
    committer.attach(life.id, producer="w", lease=None)

    def report(number: int, *items: c.Report) -> None:
        committer.report(Batch(job_id=life.id, attempt=1, lease=None, producer="w", producer_seq=number, items=items))

    report(1, c.StartStep(step="scan"), c.Update(current=5, total=10))
    db.execute(UPDATE, (life.id, "load", 2, 2, "by SQL"))
    report(2, c.Update(step="load", current=1, total=2))
    db.execute(COMPLETE, (life.id, None))
    job = loaded(store, life.id)
    assert (job.status, job.message, job.steps["load"].current) == ("succeeded", "by SQL", 1)
    assert Audit(store).look(life.id) is None


def test_who_listens_is_told_when_it_is_committed(database: str, db: Database) -> None:
    with closing(PostgresStore(database)) as store:  # closed, it sends no hint of its own any more
        life = Life(store, "scan")
    with psycopg.connect(database, autocommit=True) as listening:
        listening.execute("listen headway")
        db.execute(UPDATE, (life.id, "scan", 1, 1, None))
        assert [told.payload for told in listening.notifies(timeout=5, stop_after=1)] == ["look"]


def test_a_restored_store_goes_on_above_its_old_positions(store: PostgresStore, db: Database) -> None:
    life = Life(store, "scan")
    db.execute("update headway.store set system = 'another cluster'")
    before = life.position
    db.execute(UPDATE, (life.id, "scan", 1, 1, None))
    assert db.execute("select system = headway.system() from headway.store").fetchone() == (True,)
    assert [e.position > before for e in store.delta(up_to(before)).events] == [True, True]


def test_a_login_of_the_workers_may_report_and_nobody_else(
    store: PostgresStore, database: str, postgres: Server
) -> None:
    life = Life(store, "scan", "load").begun()
    life.tell(c.Attach(takeover=True))
    name = database.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute((ROOT / "docs" / "postgres-roles.sql").read_bytes())
        worker, stranger = (postgres.role(f"{name}_{who}") for who in ("worker", "stranger"))
        owner.execute(f"grant headway_worker to {worker}".encode())
    with psycopg.connect(postgres.url(name, user=worker, tcp=True), autocommit=True) as db:
        db.execute("select * from headway.update_job_progress(%s, 'scan', 1, 2, 'late', 1)", (life.id,))
        db.execute(UPDATE, (life.id, "scan", 1, 2, None))
        db.execute(COMPLETE, (life.id, None))
    with psycopg.connect(postgres.url(name, user=stranger, tcp=True), autocommit=True) as db:
        assert refused(db, COMPLETE, life.id, None)[0] == "42501"


def test_the_caller_s_search_path_leads_nobody_astray(store: PostgresStore, db: Database) -> None:
    life = Life(store, "scan")
    db.execute("create schema astray; create table astray.job (id text); create table astray.step (id text)")
    db.execute("create function astray.tell() returns void language sql return null")
    db.execute("create temp table job (id text)")
    db.execute("set search_path = pg_temp, astray, pg_catalog")
    db.execute(UPDATE, (life.id, "scan", 1, 1, None))
    assert loaded(store, life.id).step == "scan"


def test_a_job_of_two_thousand_steps_ends_within_seconds(store: PostgresStore, db: Database) -> None:
    life = Life(store, *(f"step {number}" for number in range(limits.STEPS_MAX)))
    db.execute("set statement_timeout = '20s'")
    db.execute(COMPLETE, (life.id, None))
    assert loaded(store, life.id).current == limits.STEPS_MAX
    assert Audit(store).look(life.id) is None
