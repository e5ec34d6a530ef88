"""Every statement on a path that people wait for is answered from an index, however many jobs there are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headway.core import commands as c
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite import statements as folder_of_statements
from headway.stores.sqlite.statements import statements
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life

LIST = {"value": "a", "at": 1, "id": "", "after": 0, "limit": 50}
PLANS: dict[str, tuple[Any, str]] = {
    # statement: parameters, and what the plan must say (one alternative per line of the plan)
    "find_key": (("a",), r"SEARCH job USING COVERING INDEX sqlite_autoindex_job_1 \(id=\?\)"),
    "find_external": (
        {"tenant": None, "kind": "a", "external_id": "a"},
        r"SEARCH job USING INDEX job_external \(kind=\? AND external_id=\? AND <expr>=\?\)",
    ),
    "settle_producer": (
        (1,),
        r"SCALAR SUBQUERY \d+|SEARCH job USING INTEGER PRIMARY KEY \(rowid=\?\)"
        r"|SEARCH producer USING PRIMARY KEY \(job=\? AND attempt=\? AND producer=\?\)",
    ),
    "find_last_batch": (
        ("a", 1, "p"),
        r"SEARCH job USING INDEX sqlite_autoindex_job_1 \(id=\?\)"
        r"|SEARCH producer USING PRIMARY KEY \(job=\? AND attempt=\? AND producer=\?\)",
    ),
    "load_job": (("a",), r"SEARCH job USING INDEX sqlite_autoindex_job_1 \(id=\?\)"),
    "load_steps": ({"job": 1}, r"SEARCH step USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)"),
    "load_steps_of_jobs": (
        ("[1]",),
        r"SCAN wanted VIRTUAL TABLE INDEX \d+:.*|SEARCH step USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)"
        r"|USE TEMP B-TREE FOR ORDER BY",
    ),
    "list_versions": (
        ('["a"]',),
        r"SCAN wanted VIRTUAL TABLE INDEX \d+:.*|SEARCH job USING INDEX sqlite_autoindex_job_1 \(id=\?\)",
    ),
    "read_version": (("a",), r"SEARCH job USING INDEX sqlite_autoindex_job_1 \(id=\?\)"),
    "update_job": ((*range(32), 1), r"SEARCH job USING INTEGER PRIMARY KEY \(rowid=\?\)|SEARCH event .*"),
    "advance_job": ((*range(18),), r"SEARCH job USING INTEGER PRIMARY KEY \(rowid=\?\)|SEARCH event .*"),
    "update_step": ((*range(15),), r"SEARCH step USING INTEGER PRIMARY KEY \(rowid=\?\)"),
    "read_position": (
        (),
        r"SCAN store|SCALAR SUBQUERY \d+|SEARCH event|SEARCH job USING COVERING INDEX job_ticked( \(ticked>\?\))?",
    ),
    "read_checkpoint": ((1,), r"SEARCH event USING INTEGER PRIMARY KEY \(rowid<\?\)|SEARCH job USING .*rowid=\?\)"),
    "read_events": (
        {"after": 1, "limit": 5},
        r"SEARCH event USING INTEGER PRIMARY KEY \(rowid>\?\)|SEARCH job USING INTEGER PRIMARY KEY \(rowid=\?\)",
    ),
    "read_ticked": ({"after": 1, "limit": 5}, r"SEARCH job USING COVERING INDEX job_ticked \(ticked>\?\)"),
    "list_by_created": (LIST, r"SEARCH job USING COVERING INDEX job_created \(created_at>\? AND .*<.*\)"),
    "list_by_status": (LIST, r"SEARCH job USING COVERING INDEX job_status \(status=\? AND created_at>\? AND .*\)"),
    "list_by_kind": (LIST, r"SEARCH job USING COVERING INDEX job_kind \(kind=\? AND created_at>\? AND .*\)"),
    "list_by_project": (LIST, r"SEARCH job USING COVERING INDEX job_project \(project=\? AND created_at>\? AND .*\)"),
    "list_by_tenant": (LIST, r"SEARCH job USING COVERING INDEX job_tenant \(tenant=\? AND created_at>\? AND .*\)"),
    "list_by_subject": (LIST, r"SEARCH job USING COVERING INDEX job_subject \(subject=\? AND created_at>\? AND .*\)"),
    "list_by_parent": (LIST, r"SEARCH job USING COVERING INDEX job_parent \(parent_id=\? AND created_at>\? AND .*\)"),
    "list_finished": (LIST, r"SEARCH job USING COVERING INDEX job_finished \(.*finished_at.*\)"),
    "list_finished_by_kind": (LIST, r"SEARCH job USING COVERING INDEX job_kind_finished \(kind=\? AND .*\)"),
    "list_finished_by_project": (LIST, r"SEARCH job USING COVERING INDEX job_project_finished \(project=\? AND .*\)"),
    "list_live": ((), r"SEARCH job USING COVERING INDEX job_status \(status=\?\)"),
    "list_ids": ((1, 5), r"SEARCH job USING INTEGER PRIMARY KEY \(rowid>\?\)"),
    "list_ids_like": (
        {"beginning": "a", "limit": 5},
        r"SEARCH job USING COVERING INDEX sqlite_autoindex_job_1 \(id>\? AND id<\?\)",
    ),
    "list_children": (
        {"after": 1},
        r"SEARCH parent USING COVERING INDEX job_status \(status=\?\)"
        r"|SEARCH child USING INDEX job_parent \(parent_id=\?\)|USE TEMP B-TREE FOR GROUP BY",
    ),
}


@pytest.fixture(params=["newest", "of-python"])
def db(request: pytest.FixtureRequest, folder: Path) -> Iterator[sqlite3.Connection]:
    """A file with some jobs in it, without statistics, as it is for everybody."""
    driver = sqlite3 if request.param == "of-python" else drivers.newest()
    with closing(SQLiteStore(folder / "jobs.db", driver=driver)) as store:
        for number in range(50):
            Life(store, "scan", project=f"p{number % 3}", subject=f"s{number}").begun().tell(c.StartStep(step="scan"))
        with store._connections.reading() as db:
            yield db


def plan(db: sqlite3.Connection, statement: str, params: Any) -> list[str]:
    return [row[3] for row in db.execute(f"explain query plan {statements()[statement]}", params)]


@pytest.mark.parametrize("statement", PLANS)
def test_a_statement_follows_its_index(db: sqlite3.Connection, statement: str) -> None:
    params, allowed = PLANS[statement]
    for step in plan(db, statement, params):
        assert re.fullmatch(allowed, step), step


def test_a_history_is_walked_link_by_link(db: sqlite3.Connection) -> None:
    steps = plan(db, "read_history", {"id": "a", "after": 0, "until": 50})
    tables = [step for step in steps if re.search(r"\b(event|job)\b", step)]
    assert all(step.startswith("SEARCH") for step in tables)
    assert "SEARCH event USING COVERING INDEX event_anchor (job=? AND seq=?)" in steps


def test_a_transition_writes_no_index(db: sqlite3.Connection) -> None:
    """What an advance changes about a job is in no index, so that its row is all that is written."""
    changed = set(re.findall(r"(\w+) = \?", statements()["advance_job"].partition("where")[0])) - {"ticked"}
    indexed = {
        column
        for (name,) in db.execute("select name from pragma_index_list('job')").fetchall()
        for (column,) in db.execute("select name from pragma_index_info(?)", (name,))
    }
    assert changed
    assert not changed & indexed


def test_every_statement_is_used_and_every_name_exists() -> None:
    room = Path(folder_of_statements.__file__).parent
    code = "\n".join(file.read_text("utf-8") for file in (*room.glob("*.py"), room.parent / "listing.py"))
    lanes = {f"list_{by}_{fact}" for by in ("by", "finished_by") for fact in ("parent", "subject", "project", "kind")}
    named = {name for name in statements() if f'"{name}"' in code}
    assert set(statements()) == named | lanes | {"list_by_tenant"}


def test_a_statement_is_named_verb_and_noun() -> None:
    verbs = "find|load|list|read|check|filter|insert|update|advance|append|register|settle|clear|beat|release"
    assert [name for name in statements() if not re.fullmatch(rf"(?:{verbs})_[a-z_]+", name)] == []
