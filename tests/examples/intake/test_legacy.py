"""The sample of an old log is always the same, and has in it whatever makes old logs hard to read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from examples.intake import legacy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("legacy") / "logs.db"
    assert legacy.main([str(path), "--rows", "20000"]) == 0
    with closing(sqlite3.connect(path)) as db:
        yield db


@pytest.mark.parametrize(
    ("what", "question"),
    [
        ("all of it", "select count(*) = 20000 and max(id) = 20000 from processing_logs"),
        (
            "equal times of a step",
            "select count(*) from (select 1 from processing_logs group by file_id, step_name, timestamp"
            " having count(distinct status) > 1)",
        ),
        (
            "ids out of order",
            "select count(*) from processing_logs a join processing_logs b using (file_id)"
            " where a.id < b.id and a.timestamp > b.timestamp and b.id < a.id + 50",
        ),
        (
            "retries",
            "select count(*) from (select 1 from processing_logs where status = 'in_progress'"
            " group by file_id, step_name having count(*) > 1)",
        ),
        ("unknown words", "select count(*) from processing_logs where status in ('retrying', 'warning', '')"),
        ("other spellings", "select count(*) from processing_logs where status in ('SUCCESS', ' success')"),
        ("no file", "select count(*) from processing_logs where file_id is null"),
        ("no step", "select count(*) from processing_logs where step_name is null"),
        ("no time", "select count(*) from processing_logs where timestamp is null"),
        ("long messages", "select count(*) from processing_logs where length(message) > 4000"),
        (
            "missing ends",
            "select count(*) from (select file_id, step_name from processing_logs group by 1, 2"
            " having sum(lower(trim(status)) in ('success', 'failure', 'skipped', 'pending')) = 0)",
        ),
        (
            "missing starts",
            "select count(*) from (select 1 from processing_logs where step_name not like 'queue%' group by file_id,"
            " step_name having sum(status = 'success') and not sum(status = 'in_progress'))",
        ),
        ("put back", "select count(*) from processing_logs where message = 'To be done again'"),
        ("skipped", "select count(*) from processing_logs where status = 'skipped'"),
        ("uploads", "select count(*) from processing_logs where step_name = 'upload_to_nextcloud'"),
    ],
)  # fmt: skip
def test_it_has(what: str, question: str, db: sqlite3.Connection) -> None:
    assert db.execute(question).fetchone()[0] > 0, what


def test_it_is_the_same_whenever_it_is_made() -> None:
    assert legacy.entries(2_000) == legacy.entries(2_000)
    assert legacy.entries(2_000)[0] == legacy.entries(20)[0]


def test_it_is_made_over_nothing_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.db"
    mine.write_text("precious")

    assert legacy.main([str(mine)]) == 2
    assert legacy.main([str(tmp_path / "no" / "logs.db")]) == 2

    assert mine.read_text() == "precious"
    assert capsys.readouterr().err.splitlines() == [
        f"{mine}: File exists",
        f"{tmp_path}/no/logs.db: No such file or directory",
    ]
