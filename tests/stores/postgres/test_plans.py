"""Every statement on a path that people wait for is answered from an index, however many jobs and months there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from headway.stores.postgres import statements as folder_of_statements
from headway.stores.postgres.columns import Bools, Floats, Ints, Texts
from headway.stores.postgres.sheets import Advances, Births, Changes, Extensions, Places
from headway.stores.postgres.statements import statements
from tests.postgres.databases import Databases

Connection = psycopg.Connection[tuple[Any, ...]]

SEED = (Path(__file__).parent / "seed.sql").read_text("utf-8")
LARGE = ("job", "step", "event", "tick", "producer")
MONTHS = 20  # of which one has all that came before
SMALL = {"store_pkey", "unbroken_pkey", "lease_pkey"}  # tables of a row, or of one for each worker
JOB, KEY = "job_id_key", "job_pkey"
TYPES: dict[type[Any], str] = {Ints: "bigint[]", Floats: "double precision[]", Texts: "text[]", Bools: "boolean[]"}
ARRAYS: dict[str, dict[str, Any]] = {
    # parameters of which only the store knows the type
    "insert_jobs": Births(Places()).parameters(),
    "change_jobs": Changes(Places()).parameters(),
    "advance_jobs": Advances(Places()).parameters(),
    "extend_jobs": Extensions(Places()).parameters(),
    "read_events": {"lows": Ints(), "highs": Ints()},
    "read_ticked": {"lows": Ints(), "highs": Ints()},
}

INDEXES: dict[str, set[str]] = {
    # statement: the indexes that it may follow, and must; those of all months of history under one name
    "find_keys": {JOB},
    "find_external": {"job_external"},
    "find_last_batch": {JOB, "producer_pkey"},
    "load_job": {JOB, "step_pkey"},
    "load_jobs": {KEY, "step_pkey"},
    "list_versions": {JOB},
    "read_version": {JOB},
    "read_history": {JOB, "event_pkey"},
    "read_checkpoint": {KEY, "event_position_idx"},
    "read_events": {KEY, "event_position_idx"},
    "read_ticked": {"tick_position"},
    "read_place": {"event_position_idx", "tick_position"},
    "advance_job": {KEY},
    "advance_step": {KEY, "step_pkey"},
    "advance_jobs": {KEY, "step_pkey"},
    "extend_jobs": {KEY},
    "change_jobs": {KEY, "producer_pkey"},
    "mend_job": {JOB},
    "filter_keys": {KEY},
    "list_by_created": {"job_created"},
    "list_by_id": {JOB},
    "list_by_status": {"job_status"},
    "list_by_kind": {"job_kind"},
    "list_by_project": {"job_project"},
    "list_by_tenant": {"job_tenant"},
    "list_by_subject": {"job_subject"},
    "list_by_parent": {"job_parent"},
    "list_finished": {"job_finished"},
    "list_finished_by_id": {JOB},
    "list_finished_by_kind": {"job_kind_finished"},
    "list_finished_by_project": {"job_project_finished"},
    "list_finished_by_subject": {"job_subject"},
    "list_finished_by_parent": {"job_parent"},
    "list_live": {"job_status"},
    "list_ids": {KEY},
    "list_ids_like": {JOB},
    "list_children": {"job_status", "job_parent"},
    "list_holdings": {"job_status", "producer_pkey"},
}


@pytest.fixture(scope="module")
def large(databases: Databases) -> Iterator[Connection]:
    """Forty thousand jobs over two years, of which a few are live, and nobody's statistics but its own."""
    with databases.fresh(template=databases.template()) as url, closing(psycopg.connect(url, autocommit=True)) as db:
        db.prepare_threshold = None
        db.execute(sql.SQL(SEED))
        db.execute("set plan_cache_mode = force_generic_plan")
        yield db


def plan(db: Connection, statement: str) -> dict[str, Any]:
    """How the server answers a statement that it has prepared, whatever it is asked for."""
    return explained(db, statement, sql.SQL("format json"), [None] * len(statements()[statement].parameters))


def ran(db: Connection, statement: str, *given: object) -> dict[str, Any]:
    """What a statement did when it was run by its generic plan, and how many pages it touched."""
    return explained(db, statement, sql.SQL("analyze, buffers, format json"), given)


def explained(db: Connection, statement: str, how: sql.SQL, given: Sequence[object]) -> dict[str, Any]:
    text, names = statements()[statement]
    types = [TYPES.get(type(ARRAYS.get(statement, {}).get(name)), "unknown") for name in names]
    db.execute(sql.SQL("prepare asked {} as {}").format(_listed(types, sql.SQL), sql.SQL(text)))
    asked = sql.SQL("execute asked {}").format(_listed(given, sql.Literal))
    row = db.execute(sql.SQL("explain ({}) {}").format(how, asked)).fetchone()
    db.execute("deallocate asked")
    assert row is not None
    whole: dict[str, Any] = row[0][0]["Plan"]
    return whole


def _listed(values: Sequence[Any], shown: Callable[[Any], sql.Composable]) -> sql.Composable:
    return sql.SQL("({})").format(sql.SQL(", ").join(map(shown, values))) if values else sql.SQL("")


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from nodes(part)


def whichever_month(name: str) -> str:
    return re.sub(r"^event_(before|\d{4}_\d\d)", "event", name)


def indexes(whole: dict[str, Any]) -> set[str]:
    return {whichever_month(node["Index Name"]) for node in nodes(whole) if "Index Name" in node} - SMALL


def read_whole(whole: dict[str, Any]) -> set[str]:
    """The large tables of which every row is read."""
    scanned = {whichever_month(node["Relation Name"]) for node in nodes(whole) if node["Node Type"] == "Seq Scan"}
    return scanned & set(LARGE)


@pytest.mark.parametrize("statement", INDEXES)
def test_a_statement_follows_its_index(large: Connection, statement: str) -> None:
    whole = plan(large, statement)
    assert read_whole(whole) == set()
    assert indexes(whole) == INDEXES[statement]


def test_new_jobs_read_no_table(large: Connection) -> None:
    assert read_whole(plan(large, "insert_jobs")) == set()


def pages(whole: dict[str, Any]) -> int:
    return int(whole["Shared Hit Blocks"]) + int(whole["Shared Read Blocks"])


def test_a_history_is_read_in_the_one_month_that_keeps_it(large: Connection) -> None:
    row = large.execute("select id from headway.job order by key offset 20000 limit 1").fetchone()
    assert row is not None
    whole = ran(large, "read_history", row[0], 0, 100)
    assert whole["Actual Rows"] == 3
    months = [node for node in nodes(whole) if node.get("Relation Name", "").startswith("event_")]
    assert len(months) == MONTHS
    assert [node["Actual Loops"] for node in months if node["Actual Loops"]] == [1]
    assert pages(whole) < 12


def test_what_is_new_is_found_in_few_pages_however_many_months_there_are(large: Connection) -> None:
    row = large.execute("select max(position) from headway.event").fetchone()
    assert row is not None
    lows, highs = [row[0] - 50 * (1 << 21), row[0]], [row[0] - 45 * (1 << 21), 2**63 - 1]
    whole = ran(large, "read_events", lows, highs, 11)
    assert whole["Actual Rows"] == 11
    assert pages(whole) < MONTHS * 8 + 11 * 4  # for each of two spans each month's index is descended once


@pytest.mark.parametrize("statement", ["advance_job", "advance_step", "advance_jobs", "extend_jobs"])
def test_a_transition_writes_no_index_of_its_job(large: Connection, statement: str) -> None:
    """What an advance changes about a job is in no index, so that its row is all that is written."""
    text, _ = statements()[statement]
    update = text[text.index("update headway.job") :].partition("where")[0]
    changed = set(re.findall(r"(\w+) =", update))
    indexed = "select attname from pg_index join pg_attribute on attrelid = indexrelid where indrelid = %s::regclass"
    assert {"version", "seq", "last_event"} <= changed
    assert not changed & {name for (name,) in large.execute(indexed, ["headway.job"]).fetchall()}


def test_a_statement_is_named_verb_and_noun() -> None:
    reading = "find|load|list|read|filter"
    writing = "insert|change|advance|extend|mend|record|forget|clear|beat|release|settle|make|begin"
    assert [name for name in statements() if not re.fullmatch(rf"(?:{reading}|{writing})_[a-z_]+", name)] == []


def test_every_statement_is_used_and_every_name_exists() -> None:
    room = Path(folder_of_statements.__file__).parent
    code = "\n".join(file.read_text("utf-8") for file in (*room.glob("*.py"), room.parent / "listing.py"))
    lanes = {f"list_{by}_{fact}" for by in ("by", "finished_by") for fact in ("parent", "subject", "project", "kind")}
    named = {name for name in statements() if f'"{name}"' in code}
    assert set(statements()) == named | lanes | {"list_by_tenant"}
