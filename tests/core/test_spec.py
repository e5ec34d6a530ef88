"""Owns the proof that what is generated from the tables is fresh, and that a stale file is named."""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from headway.core import spec
from headway.core.table import JOB_TABLE, PHASES, STEP_PHASES, STEP_TABLE

SCRIPT = Path(spec.__file__).resolve()
ROOT = SCRIPT.parents[3]
TABLES = [(JOB_TABLE, PHASES, "job"), (STEP_TABLE, STEP_PHASES, "step")]


def test_the_files_in_the_repository_are_fresh() -> None:
    assert spec.stale(ROOT) == []


@pytest.mark.parametrize(("table", "columns", "name"), TABLES, ids=["job", "step"])
def test_the_json_says_every_cell(table: dict[str, tuple[str, ...]], columns: tuple[str, ...], name: str) -> None:
    told = json.loads(spec.as_json())[name]
    assert list(told) == list(table)
    for command, row in table.items():
        cells = [cell.get("to") or "!" + cell["refused"] for cell in told[command].values()]
        assert (list(told[command]), tuple(cells)) == (list(columns), row)


@pytest.mark.parametrize(("table", "columns", "name"), TABLES, ids=["job", "step"])
def test_the_diagram_shows_every_way_to_another_phase(
    table: dict[str, tuple[str, ...]], columns: tuple[str, ...], name: str
) -> None:
    _, *diagrams = spec.as_page().split("stateDiagram-v2")
    drawn = re.findall(r"(\w+) --> (\w+): (.*)", diagrams[name == "step"])
    ways = {(start, end, command) for start, end, commands in drawn for command in commands.split(", ")}
    assert ways == {
        (start, end, command)
        for command, row in table.items()
        for start, end in zip(columns, row, strict=True)
        if end in columns and end != start
    }


def test_the_page_has_a_row_for_every_command() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", spec.as_page(), re.M)
    assert [command for command, _ in rows] == [*JOB_TABLE, *STEP_TABLE]
    lengths = [len(row) for table in (JOB_TABLE, STEP_TABLE) for row in table.values()]
    assert [len(cells.split("|")) for _, cells in rows] == lengths


def test_what_is_written_is_fresh_and_what_is_changed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spec.main([], tmp_path) == spec.main(["--check"], tmp_path) == 0
    (tmp_path / "docs/transitions.md").write_text("# Transitions\n")
    (tmp_path / "spec/transitions.json").unlink()
    assert spec.main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.split(" is stale")[0] for line in told] == ["spec/transitions.json", "docs/transitions.md"]
    assert spec.main([], tmp_path) == spec.main(["--check"], tmp_path) == 0


def test_it_runs_as_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["spec", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert ended.value.code == 0
