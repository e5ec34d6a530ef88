"""`headway import-logs`: another program's log becomes jobs, and what could not be decided is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.programs import Terminal
from tests.importing.legacy import MAPPING, WHOLE, kept_in_sqlite


@pytest.fixture
def legacy(tmp_path: Path) -> list[str]:
    """The arguments that name a log and its mapping."""
    doubtful = (8, "hash_file", "exploded", "bang", "2024-03-02 10:00:00")
    source = kept_in_sqlite(tmp_path / "legacy.db", [*WHOLE, doubtful])
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(MAPPING))
    return [f"sqlite:///{source}", "--mapping", str(mapping)]


def test_a_log_becomes_jobs(legacy: list[str], url: str, headway: Program) -> None:
    answer = headway("import-logs", *legacy, "--store", url)
    assert answer.status == 0, answer.errors
    assert answer.output.startswith("file 8 hash_file (rows 9): the status 'exploded' has no meaning; kept as a note\n")
    assert answer.output.splitlines()[-1].startswith("9 rows of 2 files made 2 jobs with ")
    assert answer.output.endswith(": all are what the log says\n")
    assert headway("verify", "--store", url).status == 0
    shown = {job["subject"]: job for job in headway("ls", "--store", url, "--json").values}
    assert shown["7"]["status"] == "succeeded"
    assert shown["7"]["created_at"] == "2024-03-01T10:00:00.000000Z"


def test_a_dry_run_only_tells(legacy: list[str], url: str, headway: Program) -> None:
    headway("import-logs", *legacy, "--store", url, "--resume", "--batch", "1")
    dry = headway("import-logs", *legacy, "--store", url, "--dry-run")
    assert "would make 0 jobs" in dry.output
    assert "2 were there already" in dry.output


def test_programs_are_told_everything(legacy: list[str], url: str, headway: Program) -> None:
    doubt, unended, summary = headway("import-logs", *legacy, "--store", url, "--json").values
    assert doubt["doubt"]["ids"] == [9]
    assert unended["doubt"]["what"] == "the log stops before hash_file"
    assert (summary["jobs"], summary["differ"], summary["doubts"]) == (2, 0, {"unknown_status": 1, "unended": 1})


def test_programs_are_told_every_doubt_however_many(
    legacy: list[str], url: str, headway: Program, tmp_path: Path
) -> None:
    odd = [(file, "hash_file", "odd", None, "2024-03-02 10:00:00") for file in range(100, 400)]
    kept_in_sqlite(tmp_path / "legacy.db", odd)
    *doubts, summary = headway("import-logs", *legacy, "--store", url, "--json").values
    assert len(doubts) == sum(summary["doubts"].values()) == 2 + 2 * 300


def test_a_dry_run_comes_before_the_store_and_does_not_make_it(
    legacy: list[str], url: str, headway: Program, tmp_path: Path
) -> None:
    dry = headway("import-logs", *legacy, "--store", url, "--dry-run")
    assert (dry.status, dry.errors) == (0, "")
    assert "9 rows of 2 files would make 2 jobs" in dry.output
    assert not list(tmp_path.glob("jobs.db*"))


def test_a_job_that_differs_is_told_and_the_status_says_so(
    legacy: list[str], url: str, headway: Program, tmp_path: Path
) -> None:
    headway("import-logs", *legacy, "--store", url)
    kept_in_sqlite(tmp_path / "legacy.db", [(7, "check_text", "failure", "too late", "2024-03-09 10:00:00")])
    answer = headway("import-logs", *legacy, "--store", url)
    assert answer.status == 1
    assert "row 10 (check_text failure at 2024-03-09T10:00:00.000000Z) is not in its history" in answer.output
    assert answer.output.endswith("1 differ\n")


def test_a_wrong_mapping_is_one_line(legacy: list[str], url: str, headway: Program, tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING | {"ends": "sometimes"}))
    answer = headway("import-logs", *legacy, "--store", url)
    assert answer.status == 2
    assert answer.errors.count("\n") == 1
    assert "mapping.ends" in answer.errors


def test_on_a_terminal_a_bar_passes(legacy: list[str], url: str) -> None:
    with Terminal("import-logs", *legacy, store=url) as terminal:
        assert terminal.ends() == 0
        assert "100 %  9/9 rows verified" in terminal.raw
        assert "9 rows of 2 files made 2 jobs" in terminal.screen.text
        assert "verified" not in terminal.screen.text
