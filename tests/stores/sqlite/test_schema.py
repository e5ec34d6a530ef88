"""The schema itself refuses a row that cannot be, whoever writes it."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headway.core import commands as c
from headway.core.job import FAIL_REASONS, TERMINAL, WAIT_REASONS, Status, StepStatus
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import NOW, Life

SQLITE = drivers.newest()
REASONS = (None, *WAIT_REASONS, *FAIL_REASONS, "", "other")


@pytest.fixture
def life(folder: Path) -> Iterator[Life]:
    """A running job of four events."""
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        life = Life(store, "scan", "load").begun()
        life.tell(c.StartStep(step="scan"), c.Note(message="a"))
        yield life


@pytest.fixture
def db(folder: Path, life: Life) -> Iterator[sqlite3.Connection]:
    """Somebody else's connection to the same file."""
    with closing(SQLITE.connect(folder / "jobs.db", isolation_level=None)) as db:
        yield db


def refused(db: sqlite3.Connection, statement: str, *params: Any) -> str:
    with pytest.raises(SQLITE.IntegrityError) as caught:
        db.execute(statement, params)
    return str(caught.value)


def copied(**changes: Any) -> tuple[str, tuple[Any, ...]]:
    """An event like the last one, but for these columns."""
    columns = ("position", "job", "seq", "previous", "version", "type", "attempt", "at", "recorded_at", "patch")
    chosen = ", ".join("?" if name in changes else name for name in columns)
    values = tuple(changes[name] for name in columns if name in changes)
    statement = f"insert into event ({', '.join(columns)}) select {chosen} from event where seq = 4"  # noqa: S608  # names of columns
    return statement, values


@pytest.mark.parametrize(
    "changes",
    [
        {"position": 9, "seq": 4},
        {"position": 9, "seq": 4, "previous": 4},
        {"position": 9, "seq": 3, "previous": 3},
        {"position": 9, "seq": 6, "previous": 4},
        {"position": 9, "seq": 1, "previous": 0},
        {"position": 9, "seq": 5, "previous": 3},
        {"position": 9, "seq": 5, "previous": 0},
        {"position": 9, "seq": 5, "previous": 4, "job": 2},
    ],
    ids=str,
)
def test_an_event_that_does_not_continue_its_job_is_refused(db: sqlite3.Connection, changes: dict[str, int]) -> None:
    statement, values = copied(**changes)
    db.execute("update job set version = 100")
    assert refused(db, statement, *values) == "an event does not continue the history of its job"


def test_the_event_that_continues_is_taken_once(db: sqlite3.Connection) -> None:
    statement, values = copied(position=9, seq=5, previous=4, version=5)
    assert "CHECK" in refused(db, statement, *values)  # the job's version has to move first
    db.execute("update job set version = 100")
    db.execute(statement, values)
    assert db.execute("select seq, last_event from job").fetchone() == (5, 9)
    again, values = copied(position=10, seq=5, previous=4, version=5)
    assert refused(db, again, *values) == "an event does not continue the history of its job"


@pytest.mark.parametrize(
    "change", ["seq = 5", "seq = 3", "last_event = 9", "seq = 5, last_event = 9", "seq = 3, last_event = 3"]
)
def test_a_job_cannot_be_moved_without_its_event(db: sqlite3.Connection, change: str) -> None:
    db.execute("update job set version = 100")
    statement = f"update job set {change}"  # noqa: S608  # one of those above
    assert refused(db, statement) == "the history of a job grows only by its events"


def test_events_never_change(db: sqlite3.Connection) -> None:
    assert refused(db, "update event set message = 'b' where seq = 4") == "events never change"


@pytest.mark.parametrize("change", ["spent = 4", "floor = 2", "epoch = '000000000000'", "one = 2"])
def test_a_store_never_goes_back(db: sqlite3.Connection, change: str) -> None:
    db.execute("update store set spent = 5, floor = 3")
    refused(db, f"update store set {change}")  # noqa: S608  # one of those above


@pytest.mark.parametrize("tables", [["event"], ["event", "step", "job"], ["job"]])
def test_positions_are_not_used_again_after_a_purge(life: Life, db: sqlite3.Connection, tables: list[str]) -> None:
    life.tell(c.Advance(delta=1, step="scan"))
    horizon = life.store.horizon()
    for table in tables:
        db.execute(f"delete from {table}")  # noqa: S608  # one of those above
    assert life.store.horizon() == horizon
    assert Life(life.store).position == horizon.position + 1


def test_each_status_has_its_reasons_and_its_end(db: sqlite3.Connection) -> None:
    """The same as in the core: a status that waits or failed has a reason, one that ended has a time."""
    taken = set()
    for status, reason, ended in itertools.product(Status, REASONS, (None, NOW)):
        permille = 1000 if status is Status.SUCCEEDED else 10
        attempt = (0, None) if status is Status.PENDING else (1, NOW)
        values = (status.value, reason, ended, permille, attempt[0], attempt[1], attempt[1])
        try:
            db.execute(
                "update job set status = ?, reason = ?, finished_at = ?, permille = ?, attempt = ?, started_at = ?,"
                " attempt_started_at = ?",
                values,
            )
        except SQLITE.IntegrityError:
            continue
        taken.add((status, reason, ended is not None))
    reasons = {Status.WAITING: WAIT_REASONS, Status.FAILED: FAIL_REASONS}
    assert taken == {
        (status, reason, status in TERMINAL) for status in Status for reason in reasons.get(status, (None,))
    }


def test_each_step_status_is_taken_and_no_other(db: sqlite3.Connection) -> None:
    for status in StepStatus:
        settled = status not in ("pending", "running")
        permille = 1000 if status in (StepStatus.RUNNING, StepStatus.SUCCEEDED) else 10
        values = (status.value, NOW if settled else None, permille)
        db.execute("update step set attempt = 1, started_at = 1, status = ?, finished_at = ?, permille = ?", values)
    refused(db, "update step set status = 'completed'")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'completed'",
        "status = null",
        "permille = 1000",
        "permille = 1001",
        "permille = -1",
        "current = 5, total = 4",
        "current = -1",
        "current = 1.5",
        "current = 'many'",
        "health = 'slow'",
        "health = 'lost', status = 'waiting', reason = 'input'",
        "attempt = 0",
        "attempt = -1",
        "started_at = null",
        "due_at = 5",
        "keep_steps = 1",
        "keep_steps = 2",
        "plan_rev = 0",
        "version = 0",
        "version = 3",
        "event_version = 100",
        "ticked = last_event",
        "mode = 'random'",
        "labels = '[]'",
        "labels = '{'",
        "result = '{'",
        "message = printf('%2001c', 'x')",
        "error = printf('%4001c', 'x')",
        "step = printf('%101c', 'x')",
        "unit = printf('%101c', 'x')",
        "kind = ''",
        "id = 'short'",
        "project = ''",
        "parent_step = 'a'",
        "updated_at = -1",
        "updated_at = null",
    ],
)
def test_an_impossible_job_is_refused(db: sqlite3.Connection, change: str) -> None:
    refused(db, f"update job set {change}")  # noqa: S608  # one of those above


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
        "key = 2048",
        "key = 2048 + 2001",
        "message = printf('%2001c', 'x')",
    ],
)
def test_an_impossible_step_is_refused(db: sqlite3.Connection, change: str) -> None:
    refused(db, f"update step set {change} where name = 'scan'")  # noqa: S608  # one of those above


def test_a_jobs_id_and_its_external_id_are_unique(life: Life, db: sqlite3.Connection) -> None:
    Life(life.store, external_id="a")
    other = Life(life.store, external_id="b")
    assert "UNIQUE" in refused(db, "update job set id = ? where seq = 4", other.id)
    assert "UNIQUE" in refused(db, "update job set external_id = 'a' where id = ?", other.id)


def test_an_impossible_state_is_never_half_written(life: Life) -> None:
    from headway.core.errors import StoreUnusable
    from headway.core.record import changed
    from tests.stores.lives import commit_of

    commit = commit_of(life.job, c.Note(message="b"))
    wrong = commit._replace(after=changed(commit.after, {"current": -1}))
    position = life.store.horizon().position
    with pytest.raises(StoreUnusable, match="refuses an impossible row, nothing was written"):
        life.store.commit([wrong])
    assert (life.store.load(life.id), life.store.horizon().position) == (life.job, position)
