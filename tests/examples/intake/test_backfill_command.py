"""The backfill as a command: broken off at any moment it goes on, its bar is alive, and its exit status is true."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from examples.intake import legacy
from examples.intake.backfill import Backfill, main, migrate_all_files
from tests.cli.programs import Terminal, environ
from tests.examples.intake.old_logs import fingerprint, kept, whole
from tests.house.rules import ROOT
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = (sys.executable, "-m", "examples.intake.backfill")
AT = "2024-01-15 10:00:00"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "logs.db"
    legacy.write(path, 2_500)
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two rows, of which one is in doubt."""
    return kept(tmp_path / "small.db", [(7, "hash_file", "in_progress", None, AT), (7, "hash_file", "odd", "?", AT)])


def jobs_in(store: Path) -> int:
    """How many there are while somebody else writes."""
    if not store.exists():
        return 0
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as db:
        there = db.execute("select count(*) from sqlite_master where name = 'job'").fetchone()[0]
        return int(db.execute("select count(*) from job").fetchone()[0]) if there else 0


def broken_off(log: Path, place: Path, how: signal.Signals) -> subprocess.CompletedProcess[str]:
    """The command with a file in each transaction, ended by a signal after the tenth or so."""
    asked = [*COMMAND, str(log), "--store", f"sqlite:///{place}", "--batch", "1"]
    with subprocess.Popen(
        asked, cwd=ROOT, env=environ(""), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        eventually(lambda: jobs_in(place) >= 10, within_s=30)
        running.send_signal(how)
        output, errors = running.communicate(timeout=30)
        return subprocess.CompletedProcess(asked, running.returncode, output, errors)


def test_killed_in_the_middle_and_asked_again_it_comes_to_the_same(log: Path, tmp_path: Path) -> None:
    before, place, straight = fingerprint(log), tmp_path / "jobs.db", f"sqlite:///{tmp_path}/straight.db"
    migrate_all_files(Backfill(str(log), straight))
    all_of_it = whole(straight)

    assert broken_off(log, place, signal.SIGKILL).returncode == -signal.SIGKILL
    left = whole(f"sqlite:///{place}")
    assert 10 <= len(left) < len(all_of_it), "it was in the middle"
    assert left.items() <= all_of_it.items(), "and left no job half done"

    assert main([str(log), "--store", f"sqlite:///{place}"]) == 0
    assert whole(f"sqlite:///{place}") == all_of_it
    assert fingerprint(log) == before


def test_interrupted_it_says_that_it_can_go_on(log: Path, tmp_path: Path) -> None:
    ended = broken_off(log, tmp_path / "jobs.db", signal.SIGINT)

    assert ended.returncode == 130
    assert ended.stderr == "Broken off between two batches; what is there stays, and the same command goes on.\n"


def test_on_a_terminal_a_bar_moves_over_the_rows(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    store = f"sqlite:///{tmp_path}/jobs.db"
    with Terminal(str(log), "--batch", "5", store=store, program=COMMAND) as terminal:
        assert terminal.ends() == 0
        drawn = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.raw)
        assert re.search(r"migrated +━+[╸╺━ ]* +[1-9]\d?% +[1-9]\d*/2500 +rows", drawn), "somewhere on its way"
        assert re.search(r"verified +━+", drawn)
        shown = terminal.screen.text
        assert "jobs made of 2,500 rows" in shown
        assert "are what the log says: row by row, step by step" in shown
        assert "/2500" not in shown, "the bar passes"


def test_a_dry_run_tells_what_would_be_done(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "jobs.db"

    assert main([str(small), "--store", f"sqlite:///{place}", "--dry-run"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("1 job would be made of 2 rows, with 4 entries, in ")
    assert "unknown status 1 file 7 hash_file, row 2: the status 'odd' has no meaning; kept as a note" in " ".join(
        told.split()
    )
    assert "what the log says" not in told
    assert not place.exists()


def test_what_differs_is_told_and_makes_the_exit_status_1(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, report = f"sqlite:///{tmp_path}/jobs.db", tmp_path / "report.jsonl"
    assert main([str(small), "--store", store]) == 0
    assert capsys.readouterr().out.endswith("1 job is what the log says: row by row, step by step\n")
    kept(small, [(7, "hash_file", "failure", "late", "2024-01-15 11:00:00")])

    assert main([str(small), "--store", store, "--verify", "--report", str(report)]) == 1

    told = capsys.readouterr().out
    assert "row 3 (hash_file failure at 2024-01-15T11:00:00.000000Z) is not in its history" in told
    assert told.endswith("1 job is not what the log says\n")
    (line,) = report.read_text().splitlines()
    assert (json.loads(line)["file"], len(json.loads(line)["differs"])) == ("7", 2)
    assert main([str(small), "--store", store]) == 0, "asked again, it brings what came since"


def test_a_report_holds_every_doubt(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.jsonl"
    assert main([str(log), "--store", f"sqlite:///{tmp_path}/jobs.db", "--report", str(report)]) == 0
    lines = [json.loads(line)["doubt"] for line in report.read_text().splitlines()]
    assert f"does not make plain, {len(lines)} times" in capsys.readouterr().out
    assert {"equal_times", "unended", "unknown_status"} <= {line["kind"] for line in lines}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{log}", "--verify", "--store", "sqlite:///{tmp}/no/jobs.db"], "no such file"),
        (["{tmp}/no.db", "--store", "sqlite:///{tmp}/jobs.db"], "there is no file"),
        (["{log}", "--store", "ftp://somewhere"], "store"),
        (["{log}", "--store", "sqlite:///{tmp}/jobs.db", "--report", "{tmp}/no/report"], "No such file"),
        (["{log}", "--batch", "0"], "must be from 1 to 10000"),
        (["{log}", "--batch", "many"], "many"),
        (["{log}", "--verify", "--dry-run"], "not allowed with"),
        ([], "LOGS.db"),
    ],
)
def test_what_cannot_be_begun_is_one_line_and_exit_status_2(
    arguments: list[str], told: str, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [each.format(log=small, tmp=tmp_path) for each in arguments]
    try:
        status: object = main(given)
    except SystemExit as left:
        status = left.code

    assert status == 2
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_its_help_is_true(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])

    assert left.value.code == 0
    words = " ".join(capsys.readouterr().out.split())
    assert set(re.findall(r"--[a-z-]+", words)) == {"--help", "--store", "--batch", "--report", "--dry-run", "--verify"}
    assert "0 done and proven, 1 a job differs from its log, 2 nothing was done, 130 broken off" in words
    assert "files in a transaction (100)" in words
