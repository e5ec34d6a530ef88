"""`headway migrate` on PostgreSQL: told what would be done, done on request, and by nobody else."""

from __future__ import annotations

import pytest

from headway.stores.postgres.migrations import known, needed, version
from tests.cli.conftest import Program

NEWEST = known()[-1].number


@pytest.fixture
def empty(empty_database: str, headway: Program) -> Program:
    """The program with a database in which nothing is."""
    headway.url = empty_database
    return headway


def test_what_would_be_done_is_told_and_not_done(empty: Program) -> None:
    answer = empty("migrate", "--check")
    assert answer.status == 1
    assert answer.lines[0] == f"the schema is at version 0, and headway migrate brings it to {NEWEST}"
    assert answer.lines[1] == "    1 jobs, before the processes that need it are started"
    assert version(empty.url) == 0


def test_up_and_down(empty: Program) -> None:
    assert empty("migrate").output == f"the schema went from version 0 to {NEWEST}\n"
    assert empty("migrate", "--check").status == 0
    assert empty("migrate", "--check", "--to", "0").lines[-1] == "    1 jobs is taken back"
    assert empty("migrate", "--to", "0", "--json").values == [{"before": NEWEST, "version": 0}]
    assert version(empty.url) == 0


def test_a_program_is_told_each_step(empty: Program) -> None:
    (told,) = empty("migrate", "--check", "--json").values
    assert (told["version"], told["target"]) == (0, NEWEST)
    assert told["steps"][0] == {"number": 1, "name": "jobs", "phase": "pre"}
    assert [step["number"] for step in told["steps"]] == list(range(1, NEWEST + 1))


def test_what_must_come_first_is_done_alone(empty: Program) -> None:
    assert empty("migrate", "--pre").output == f"the schema went from version 0 to {needed(known())}\n"
    assert empty("migrate", "--pre", "--check").status == 0
    assert empty("migrate", "--pre", "--to", "1").status == 2


@pytest.mark.parametrize("command", [("ls",), ("serve", "--port", "0"), ("verify",), ("watch", "0192d3a0")])
def test_no_other_command_makes_a_schema(empty: Program, command: tuple[str, ...]) -> None:
    answer = empty(*command)
    assert answer.status == 2
    assert answer.errors.endswith(f"not there yet, version {needed(known())} is needed; bring it up: headway migrate\n")
    assert version(empty.url) == 0
