"""`headway doctor`: what is in order, what could be better, and what needs action."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from headway.cli.checks import clock, program, sqlite
from headway.cli.checks.finding import ACTION, ADVICE, FINE, Finding
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.file import File
from tests.cli.conftest import NOW, Program, Works


def verdicts(findings: Iterable[Finding]) -> dict[str, str]:
    return {finding.name: finding.verdict for finding in findings}


def test_a_store_in_use_is_in_order(works: Works, headway: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    works.job()
    monkeypatch.setattr(drivers, "resets_wal_safely", lambda _: True)
    answer = headway("doctor", "--json")
    assert answer.status == 0
    told = {value["name"]: value for value in answer.values}
    assert {"headway", "spool", "sqlite", "disk", "store", "writing", "schema", "content", "wake-up", "clock"} <= set(
        told
    )
    assert all(set(value) == {"name", "verdict", "told", "do"} for value in told.values())
    assert {name for name, value in told.items() if value["verdict"] == ACTION} == set()


def test_a_store_that_does_not_exist_yet_is_in_order_and_not_made(headway: Program, tmp_path: Path) -> None:
    answer = headway("doctor")
    assert answer.status == 0
    assert "does not exist yet; the first job makes it" in answer.output
    assert not (tmp_path / "jobs.db").exists()


def test_an_old_schema_is_told_and_left_as_it_is(works: Works, headway: Program) -> None:
    works.store.close()
    headway("migrate", "--to", "0")
    answer = headway("doctor")
    assert answer.status == 0
    assert "headway migrate" in answer.output
    assert headway("migrate", "--check").status == 1


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_needs_action(headway: Program, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "jobs.db").write_bytes(content)
    answer = headway("doctor")
    assert answer.status == 1
    assert "ACT  store" in answer.output
    assert (tmp_path / "jobs.db").read_bytes() == content


def test_a_file_of_another_program_needs_action(headway: Program, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute("create table song (title text)")
    db.close()
    answer = headway("doctor")
    assert answer.status == 1
    assert "belongs to another program" in answer.output


def test_a_missing_folder_needs_action(headway: Program) -> None:
    answer = headway("doctor", "--store", "sqlite:////nowhere/at/all/jobs.db")
    assert answer.status == 1
    assert "folder /nowhere/at/all does not exist" in answer.output


def test_a_locked_file_needs_action(
    works: Works, headway: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.job()
    monkeypatch.setattr("headway.cli.schema.File", _hasty)
    db = drivers.newest().connect(tmp_path / "jobs.db", isolation_level=None)
    db.execute("begin immediate")
    answer = headway("doctor")
    db.execute("rollback")
    db.close()
    assert answer.status == 1
    assert "others have been writing to it" in answer.output


def _hasty(path: Path) -> object:
    return File(path, busy_s=0.01)


def test_a_setting_that_cannot_be_used_needs_action(headway: Program) -> None:
    answer = headway("doctor", HEADWAY_FLUSH_S="soon")
    assert answer.status == 1
    assert "HEADWAY_FLUSH_S: must be seconds as a number" in answer.output


def test_a_store_that_does_not_last_needs_action(headway: Program) -> None:
    assert headway("doctor", "--store", "memory:").status == 1


def test_a_server_that_does_not_answer_needs_action(headway: Program) -> None:
    answer = headway("doctor", "--store", "http://127.0.0.1:1")
    assert answer.status == 1
    assert "start it (headway serve)" in answer.output


@pytest.mark.parametrize(
    ("version", "verdict"),
    [((3, 30, 0), ACTION), ((3, 40, 1), ADVICE), ((3, 51, 2), ADVICE), ((3, 51, 3), FINE), ((3, 53, 4), FINE)],
)
def test_a_sqlite_that_can_damage_shared_files_is_told(
    version: tuple[int, ...], verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = SimpleNamespace(sqlite_version=".".join(map(str, version)), __name__="sqlite3")
    monkeypatch.setattr(drivers, "newest", lambda: library)
    [finding] = sqlite.library()
    assert finding.verdict == verdict
    assert verdict == FINE or "pip install 'headway[sqlite]'" in (finding.do or "")


@pytest.mark.parametrize(("free", "verdict"), [(50 << 20, ACTION), (500 << 20, ADVICE), (5 << 30, FINE)])
def test_a_disk_that_fills_up_is_told(
    free: int, verdict: str, headway: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    told = {value["name"]: value["verdict"] for value in headway("doctor", "--json").values}
    assert told["disk"] == verdict


def test_a_network_folder_needs_action(headway: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_filesystem", lambda _: "nfs4")
    told = {value["name"]: value["verdict"] for value in headway("doctor", "--json").values}
    assert told["folder"] == ACTION


def test_a_log_that_only_grows_is_told(works: Works, headway: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    works.job()
    monkeypatch.setattr(sqlite, "_LOG_LARGE", 10)
    assert "some process reads without end" in headway("doctor").output


def test_reports_that_wait_on_the_disk_are_told(headway: Program, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "x.jsonl").write_text("{}\n")
    told = verdicts(program.program({"HEADWAY_SPOOL": str(tmp_path / "spool")}))
    assert told["spool"] == ADVICE


@pytest.mark.parametrize(
    ("now", "elsewhere", "verdict"),
    [(0, None, ACTION), (NOW, None, FINE), (NOW, NOW + 60_000_000, ADVICE), (NOW, NOW - 60_000_000, FINE)],
)
def test_a_wrong_clock_is_told(now: int, elsewhere: int | None, verdict: str) -> None:
    [finding] = clock.clock(now, elsewhere, "the newest job")
    assert finding.verdict == verdict
