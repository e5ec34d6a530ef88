"""Owns the proof that a log in PostgreSQL is read, and that PostgreSQL takes what is imported as others do."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from headway.core.changes import fold
from headway.core.errors import InvalidSetting, StoreUnavailable
from headway.importing import import_logs, open_log, parse_mapping, verify_logs
from headway.stores.address import open_store
from headway.stores.memory import MemoryStore
from headway.stores.protocol import JobQuery
from tests.importing.legacy import MAPPING, WHOLE

TABLE = """
create schema old;
create table old.processing_logs (
  id integer primary key, file_id integer, task_id text, step_name text, status text, message text, detail jsonb,
  timestamp timestamptz)
"""


@pytest.fixture
def legacy(database: str) -> str:
    """A log in a schema of its own, in the same database as the store."""
    with psycopg.connect(database) as db:
        db.execute(TABLE)
        for number, (file, step, status, message, at) in enumerate(WHOLE, 1):
            moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
            db.execute(
                "insert into old.processing_logs values (%s, %s, null, %s, %s, %s, %s, %s)",
                (number, file, step, status, message, '{"pages": 3}', moment),
            )
    return database


def test_a_log_in_a_database_becomes_jobs_in_it(legacy: str) -> None:
    mapping = MAPPING | {"table": "old.processing_logs"}
    store, memory = open_store(legacy), MemoryStore()
    for place in (store, memory):
        report = import_logs(legacy, mapping, store=place)
        assert (report.rows, report.jobs, dict(report.doubts.counts)) == (8, 1, {})
        assert all(verdict.agrees for verdict in verify_logs(legacy, mapping, store=place, files=["7"]))
    [job], [same] = store.jobs(JobQuery()), memory.jobs(JobQuery())
    assert job == same
    history = store.history(job.id)
    assert history == memory.history(job.id)
    assert fold(job.facts, history) == job
    assert history[2].detail == {"log_id": 1, "status": "in_progress", "detail": {"pages": 3}}
    again = import_logs(legacy, mapping, store=store)
    assert (again.jobs, again.there) == (0, 1)
    store.close()


def test_the_log_cannot_be_written(legacy: str) -> None:
    mapping = parse_mapping(MAPPING | {"table": "old.processing_logs"})
    with open_log(legacy, mapping) as log, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        log._db.execute("delete from old.processing_logs")  # type: ignore[attr-defined]  # nobody should, so nobody can


def test_what_is_not_there_is_told_in_one_line(legacy: str) -> None:
    with open_log(legacy, parse_mapping(MAPPING)) as log, pytest.raises(InvalidSetting, match="does not exist"):
        log.count()
    columns = MAPPING["columns"] | {"step": '100 % "; drop table old.processing_logs; --'}
    wrong = parse_mapping(MAPPING | {"table": "old.processing_logs", "columns": columns})
    with open_log(legacy, wrong) as log:
        for only in (None, ["7"]):
            with pytest.raises(InvalidSetting, match=r"100 % .* does not exist"):
                list(log.files(only))
    with pytest.raises(StoreUnavailable):
        open_log("postgresql://nobody@127.0.0.1:1/nothing", parse_mapping(MAPPING))
