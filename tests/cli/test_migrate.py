"""`headway migrate`: the schema goes to a version, and it is told before and after."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from headway.stores.sqlite.migrations import known
from tests.cli.conftest import Program, Works

NEWEST = known()[-1].number


def test_a_file_that_is_not_there_is_made(headway: Program, tmp_path: Path) -> None:
    assert headway("migrate", "--check").status == 2
    assert not (tmp_path / "jobs.db").exists()
    assert headway("migrate").output == f"the schema went from version 0 to {NEWEST}\n"
    assert headway("migrate").output == f"the schema is at version {NEWEST} already\n"
    assert headway("migrate", "--check").status == 0


def test_down_and_up_again(works: Works, headway: Program) -> None:
    works.store.close()
    assert headway("migrate", "--to", "0").output == f"the schema went from version {NEWEST} to 0\n"
    check = headway("migrate", "--check")
    assert (check.status, check.output) == (
        1,
        f"the schema is at version 0, and headway migrate brings it to {NEWEST}\n",
    )
    assert headway("migrate", "--json").values == [{"before": 0, "version": NEWEST}]


def test_checking_changes_nothing(works: Works, headway: Program, tmp_path: Path) -> None:
    works.store.close()
    headway("migrate", "--to", "0")
    assert headway("migrate", "--check", "--json").values == [
        {"version": 0, "target": NEWEST, "steps": [{"number": 1, "name": "jobs", "phase": None}]}
    ]
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        assert db.execute("pragma user_version").fetchone() == (0,)
    db.close()


def test_a_version_that_is_not_known_is_refused(works: Works, headway: Program) -> None:
    answer = headway("migrate", "--to", str(NEWEST + 1))
    assert answer.status == 2
    assert answer.errors == f"headway: target: schema versions go from 0 to {NEWEST}, not {NEWEST + 1}\n"


def test_a_server_has_no_schema_to_migrate(headway: Program) -> None:
    answer = headway("migrate", "--store", "http://127.0.0.1:1")
    assert answer.status == 2
    assert "give a file" in answer.errors
