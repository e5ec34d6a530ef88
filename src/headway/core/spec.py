"""The transition tables as others read them: JSON for programs, rows for SQL, a page with a diagram for people.

`python -m headway.core.spec` writes all; with `--check` it writes nothing, says which is stale, and exits with 1.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from headway.core.job import FAIL_REASONS, WAIT_REASONS, Status, StepStatus
from headway.core.table import JOB_TABLE, PHASES, STEP_PHASES, STEP_TABLE

Table = Mapping[str, Sequence[str]]

_CELL = re.compile(r'\{\n\s+("(?:to|refused)": .*)\n\s+\}')  # kept on one line each, for people who read differences
_ENDS = ("succeeded", "failed", "cancelled", "skipped")
# A migration. Once it is released it must not change: then a changed table goes into the next free number.
_MIGRATION = "src/headway/stores/postgres/schema/0002_transitions.up.sql"
_ROWS = """\
-- pre
-- Written by `python -m headway.core.spec` from src/headway/core/table.py. Change the table, not this file.
-- What follows a command, or the sentence that refuses it: read by the functions that report in SQL.

create table if not exists headway.transition (
  subject text not null check (subject in ('job', 'step')),
  command text not null,
  phase text not null,
  follows text,
  refused text,
  primary key (subject, command, phase),
  constraint either_follows_or_is_refused check ((follows is null) <> (refused is null))
);

delete from headway.transition;

insert into headway.transition (subject, command, phase, follows, refused)
values
{rows};
"""
_PAGE = """\
# Transitions

*Written by `python -m headway.core.spec` from `src/headway/core/table.py`. Change the table, not this page.*

Every command meets every phase. A cell names the phase that follows; a dot is a refusal, which changes nothing and says
what to do instead. The same tables, with the sentence of every refusal, are in
[`spec/transitions.json`](../spec/transitions.json), and in PostgreSQL the table `headway.transition` holds them.

## Jobs

A phase is a job's status. `retrying` is the status `waiting` with the reason `retry`: the attempt has ended, and the
next one starts when a worker attaches. `wait_for_retry` is `wait` with that reason. Health is a second fact: `lose`
and `find` change it and leave the status alone.

{job_diagram}

{job_table}

## Steps

A command must be allowed by both tables. Starting a step that has ended is a new attempt of the step. Ending a step
once more in the same way changes nothing.

{step_diagram}

{step_table}
"""


def files() -> dict[str, str]:
    """What the tables say, as files: path in the repository, and text."""
    return {"spec/transitions.json": as_json(), "docs/transitions.md": as_page(), _MIGRATION: as_sql()}


def as_json() -> str:
    """Both tables, with the words for statuses and reasons."""
    document = {
        "statuses": list(Status),
        "step_statuses": list(StepStatus),
        "wait_reasons": WAIT_REASONS,
        "fail_reasons": FAIL_REASONS,
        "job": _cells(JOB_TABLE, PHASES),
        "step": _cells(STEP_TABLE, STEP_PHASES),
    }
    return _CELL.sub(r"{\1}", json.dumps(document, indent=2)) + "\n"


def as_page() -> str:
    """Both tables for people, each with a state diagram that shows how the phases follow each other."""
    return _PAGE.format(
        job_diagram=_diagram(JOB_TABLE, PHASES),
        job_table=_markdown(JOB_TABLE, PHASES),
        step_diagram=_diagram(STEP_TABLE, STEP_PHASES),
        step_table=_markdown(STEP_TABLE, STEP_PHASES),
    )


def as_sql() -> str:
    """Both tables as one table of a database: a row for each cell."""
    rows = [
        f"  ({', '.join(map(_literal, (subject, command, phase, *_follows_or_refused(cell))))})"
        for subject, table, phases in (("job", JOB_TABLE, PHASES), ("step", STEP_TABLE, STEP_PHASES))
        for command, row in table.items()
        for phase, cell in zip(phases, row, strict=True)
    ]
    return _ROWS.format(rows=",\n".join(rows))


def stale(root: Path) -> list[str]:
    """The files under this folder that do not say what the tables say."""
    return [path for path, text in files().items() if not _says(root / path, text)]


def write(root: Path) -> None:
    """Writes all files under this folder."""
    for path, text in files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str], root: Path) -> int:
    """Writes, or with `--check` only compares; the exit status."""
    if "--check" not in arguments:
        write(root)
        return 0
    old = stale(root)
    for path in old:
        sys.stderr.write(f"{path} is stale: run python -m headway.core.spec\n")
    return 1 if old else 0


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _cells(table: Table, columns: Sequence[str]) -> dict[str, dict[str, object]]:
    return {
        command: {column: _cell(cell) for column, cell in zip(columns, row, strict=True)}
        for command, row in table.items()
    }


def _cell(cell: str) -> object:
    return {"refused": cell[1:]} if cell.startswith("!") else {"to": cell}


def _follows_or_refused(cell: str) -> tuple[str | None, str | None]:
    return (None, cell[1:]) if cell.startswith("!") else (cell, None)


def _literal(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def _markdown(table: Table, columns: Sequence[str]) -> str:
    rows = ["| |" + "".join(f" {column} |" for column in columns), "|---|" + "---|" * len(columns)]
    rows += [f"| `{command}` |" + "".join(f" {_short(cell)} |" for cell in row) for command, row in table.items()]
    return "\n".join(rows)


def _short(cell: str) -> str:
    return "·" if cell.startswith("!") else cell


def _diagram(table: Table, columns: Sequence[str]) -> str:
    """A mermaid state diagram of all that leads to another phase; what stays where it is would only hide the rest."""
    arrows = [f"    {start} --> {end}: {', '.join(by)}" for (start, end), by in _arrows(table, columns).items()]
    ends = [f"    {column} --> [*]" for column in columns if column in _ENDS]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {columns[0]}", *arrows, *ends, "```"])


def _arrows(table: Table, columns: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Which commands lead from one phase to another one."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for start, end, command in _moves(table, columns):
        arrows.setdefault((start, end), []).append(command)
    return arrows


def _moves(table: Table, columns: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for place, start in enumerate(columns):
        for command, row in table.items():
            if not row[place].startswith("!") and row[place] != start:
                yield start, row[place], command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parents[3]))
