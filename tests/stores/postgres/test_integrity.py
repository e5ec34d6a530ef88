"""PostgreSQL refuses a row that cannot be, whoever writes it."""
# ruff: noqa: S608  # the statements are put together from the parameters above them

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnusable
from headway.core.job import FAIL_REASONS, TERMINAL, WAIT_REASONS, Status, StepStatus
from headway.core.record import changed
from headway.stores.postgres.store import PostgresStore
from tests.stores.lives import NOW, Life, commit_of

REASONS = (None, *WAIT_REASONS, *FAIL_REASONS, "", "other")
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def life(database: str) -> Iterator[Life]:
    """A running job of four events."""
    store = PostgresStore(database)
    life = Life(store, "scan", "load").begun()
    life.tell(c.StartStep(step="scan"), c.Note(message="a"))
    yield life
    store.close()


@pytest.fixture
def db(database: str, life: Life) -> Iterator[Connection]:
    """Somebody else's connection to the same database."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def refused(db: Connection, statement: str, *params: Any) -> str:
    with pytest.raises((psycopg.IntegrityError, psycopg.DataError)) as caught:
        db.execute(statement.encode(), params or None)
    return caught.value.diag.message_primary or ""


def copied(**changes: int) -> str:
    """An event like the last one, at a position of this transaction, but for these columns."""
    columns = ("position", "job", "seq", "version", "type", "attempt", "at", "recorded_at", "patch")
    values = changes | ({"position": 0} if "position" not in changes else {})
    chosen = ", ".join(str(values.get(name, name)) for name in columns)
    here = "(pg_current_xact_id()::text::bigint + headway.base()) << 20"
    if "position" not in changes:
        chosen = chosen.replace("0", f"({here}) + 1", 1)
    return f"insert into headway.event ({', '.join(columns)}) select {chosen} from headway.event where seq = 4"


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 5, "version": 5},
        {"seq": 6, "version": 6},
        {"seq": 5, "version": 5, "job": 2},
        {"seq": 3, "version": 100},
    ],
    ids=str,
)
def test_an_event_that_does_not_continue_its_job_is_refused(db: Connection, changes: dict[str, int]) -> None:
    db.execute("delete from headway.event where seq = 3")
    assert refused(db, copied(**changes)) == "an event does not continue the history of its job"


def test_an_event_is_taken_once(db: Connection) -> None:
    assert "duplicate key" in refused(db, copied(seq=4))


def test_an_event_and_its_job_move_together_or_not_at_all(db: Connection) -> None:
    with db.transaction():
        db.execute("update headway.job set version = 5")
        db.execute(copied(seq=5, version=5).encode())
        db.execute("update headway.job set seq = 5, last_event = (select max(position) from headway.event)")
    assert db.execute("select seq from headway.job").fetchone() == (5,)


@pytest.mark.parametrize(
    "change", ["seq = 5", "seq = 3", "last_event = last_event + 1", "seq = 5, last_event = last_event + 1"]
)
def test_a_job_cannot_be_moved_without_its_event(db: Connection, change: str) -> None:
    db.execute("update headway.job set version = 100")
    assert refused(db, f"update headway.job set {change}") == "the history of a job grows only by its events"


def test_a_job_cannot_begin_without_its_events(db: Connection) -> None:
    columns = ", ".join(
        name
        for (name,) in db.execute(
            "select attname from pg_attribute where attrelid = 'headway.job'::regclass and attnum > 0 order by attnum"
        )
    )
    values = columns.replace("key,", "key + 1,", 1).replace(" id,", " reverse(id),", 1)
    assert "grows only by its events" in refused(
        db, f"insert into headway.job ({columns}) select {values} from headway.job"
    )


def test_events_never_change(db: Connection) -> None:
    assert refused(db, "update headway.event set message = 'b' where seq = 4") == "events never change"


@pytest.mark.parametrize("change", ["base = 4", "floor = 2", "epoch = '000000000000'", "one = 2"])
def test_a_store_never_goes_back(db: Connection, change: str) -> None:
    db.execute("update headway.store set base = 5, floor = 3")
    refused(db, f"update headway.store set {change}")


def test_each_status_has_its_reasons_and_its_end(db: Connection) -> None:
    """The same as in the core: a status that waits or failed has a reason, one that ended has a time."""
    taken = set()
    for status, reason, ended in itertools.product(Status, REASONS, (None, NOW)):
        permille = 1000 if status is Status.SUCCEEDED else 10
        attempt = (0, None) if status is Status.PENDING else (1, NOW)
        values = (status.value, reason, ended, permille, attempt[0], attempt[1], attempt[1])
        try:
            db.execute(
                "update headway.job set status = %s, reason = %s, finished_at = %s, permille = %s, attempt = %s,"
                " started_at = %s, attempt_started_at = %s",
                values,
            )
        except psycopg.IntegrityError:
            continue
        taken.add((status, reason, ended is not None))
    reasons = {Status.WAITING: WAIT_REASONS, Status.FAILED: FAIL_REASONS}
    assert taken == {
        (status, reason, status in TERMINAL) for status in Status for reason in reasons.get(status, (None,))
    }


def test_each_step_status_is_taken_and_no_other(db: Connection) -> None:
    for status in StepStatus:
        settled = status not in ("pending", "running")
        permille = 1000 if status in (StepStatus.RUNNING, StepStatus.SUCCEEDED) else 10
        values = (status.value, NOW if settled else None, permille)
        db.execute(
            "update headway.step set attempt = 1, started_at = 1, status = %s, finished_at = %s, permille = %s", values
        )
    refused(db, "update headway.step set status = 'completed'")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("status = 'completed'", "status"),
        ("permille = 1000", "only_success_is_100"),
        ("permille = 1001", "permille"),
        ("permille = -1", "permille"),
        ("current = 5, total = 4", "total"),
        ("current = -1", "current"),
        ("health = 'slow'", "health"),
        ("health = 'lost', status = 'waiting', reason = 'input'", "only_running_is_lost"),
        ("attempt = 0", "attempts_have_begun"),
        ("attempt = -1", "attempt"),
        ("started_at = null", "attempts_have_begun"),
        ("due_at = 5", "only_waiting_is_due"),
        ("keep_steps = true", "only_retry_keeps_steps"),
        ("plan_rev = 0", "plan_rev"),
        ("version = 0", "version"),
        ("version = 3", "seq"),
        ("event_version = 100", "event_version"),
        ("mode = 'random'", "mode"),
        ("labels = '[]'", "labels"),
        ("message = repeat('x', 2001)", "message"),
        ("error = repeat('x', 4001)", "error"),
        ("step = repeat('x', 101)", "step"),
        ("unit = repeat('x', 101)", "unit"),
        ("""result = ('"' || repeat('x', 65536) || '"')::json""", "result"),
        ("kind = ''", "kind"),
        ("id = 'short'", "id"),
        ("project = ''", "project"),
        ("parent_step = 'a'", "parent_step_needs_a_parent"),
        ("updated_at = -1", "updated_at"),
        ("last_batch = 1, last_producer = null", "last_batch"),
    ],
)
def test_an_impossible_job_is_refused_with_the_rule_that_it_breaks(db: Connection, change: str, rule: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        db.execute(f"update headway.job set {change}".encode())
    assert caught.value.diag.constraint_name == rule


@pytest.mark.parametrize("change", ["status = null", "updated_at = null", "labels = '{'", "current = 'many'"])
def test_a_job_without_what_it_needs_is_refused(db: Connection, change: str) -> None:
    refused(db, f"update headway.job set {change}")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'succeeded', finished_at = 1, permille = 999",
        "permille = 1001",
        "permille = -1",
        "current = 5, total = 4",
        "finished_at = 1",
        "status = 'succeeded'",
        "started_at = null, status = 'running'",
        "name = ''",
        "weight = -1.0",
        'name = null, "group" = null',
        "position = 0",
        "position = 2001",
        "message = repeat('x', 2001)",
    ],
)
def test_an_impossible_step_is_refused(db: Connection, change: str) -> None:
    refused(db, f"update headway.step set {change} where name = 'scan'")


def test_a_jobs_id_and_its_external_id_are_unique(life: Life, db: Connection) -> None:
    Life(life.store, external_id="a")
    other = Life(life.store, external_id="b")
    assert "duplicate key" in refused(db, "update headway.job set id = %s where seq = 4", other.id)
    assert "duplicate key" in refused(db, "update headway.job set external_id = 'a' where id = %s", other.id)


def test_an_impossible_state_is_never_half_written(life: Life) -> None:
    commit = commit_of(life.job, c.Note(message="b"))
    wrong = commit._replace(after=changed(commit.after, {"current": -1}))
    with pytest.raises(StoreUnusable, match="refuses an impossible row, nothing was written"):
        life.store.commit([wrong])
    assert life.store.load(life.id) == life.job
    assert len(life.store.history(life.id)) == 4
