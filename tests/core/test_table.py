"""Owns the promise of the tables: every phase × every command, every step status × every step command."""

from __future__ import annotations

from typing import get_args

import pytest

from headway.core import commands as c
from headway.core.errors import IllegalTransition
from headway.core.job import Job, Status, StepStatus
from headway.core.plan import StepSpec
from headway.core.table import JOB_TABLE, PHASES, STEP_PHASES, STEP_TABLE
from tests.core import jobs
from tests.core.jobs import after, refused

# Written from what is promised. A dot is a refusal.
JOBS = """
                pending    running    waiting    retrying   succeeded  failed     cancelled
attach          running    running    running    running    .          .          .
start_step      .          running    running    .          .          .          .
advance         .          running    running    .          .          .          .
update          .          running    running    .          .          .          .
finish_step     .          running    running    .          .          .          .
fail_step       .          running    running    .          .          .          .
skip_step       .          running    running    .          .          .          .
add_steps       .          running    waiting    .          .          .          .
note            .          running    waiting    .          .          .          .
wait            .          waiting    waiting    .          .          .          .
wait_for_retry  .          retrying   retrying   .          .          .          .
succeed         .          succeeded  succeeded  .          .          .          .
fail            .          failed     failed     .          .          .          .
cancel          .          cancelled  cancelled  cancelled  .          .          .
request_cancel  cancelled  running    waiting    cancelled  .          .          .
retry           .          .          .          retrying   retrying   retrying   retrying
lose            .          running    .          .          .          .          .
find            .          running    .          .          .          .          .
give_up         failed     failed     failed     failed     .          .          .
roll_up         .          running    waiting    .          .          .          .
record_refusal  pending    running    waiting    retrying   succeeded  failed     cancelled
"""

STEPS = """
                pending    running    succeeded  failed     skipped
start_step      running    running    running    running    running
advance         .          running    .          .          .
update          .          running    .          .          .
finish_step     succeeded  succeeded  succeeded  .          .
fail_step       failed     failed     .          failed     .
skip_step       skipped    skipped    .          .          skipped
roll_up         .          running    .          .          .
"""

COMMANDS: dict[str, c.Command] = {
    "attach": c.Attach(),
    "start_step": c.StartStep(step="scan"),
    "advance": c.Advance(step="scan"),
    "update": c.Update(step="scan", current=4),
    "finish_step": c.FinishStep(step="scan"),
    "fail_step": c.FailStep(step="scan", error="unreadable"),
    "skip_step": c.SkipStep(step="scan"),
    "add_steps": c.AddSteps(steps=(StepSpec(name="verify"),)),
    "note": c.Note(message="ten files found"),
    "wait": c.Wait(reason="input"),
    "wait_for_retry": c.Wait(reason="retry"),
    "succeed": c.Succeed(),
    "fail": c.Fail(error="disk full"),
    "cancel": c.Cancel(),
    "request_cancel": c.RequestCancel(),
    "retry": c.Retry(),
    "lose": c.Lose(),
    "find": c.Find(),
    "give_up": c.GiveUp(reason="timeout", error="no end after two hours"),
    "roll_up": c.RollUp(step="scan", current=1, total=2, permille=500),
    "record_refusal": c.RecordRefusal(attempt=1, producer="w1"),
}


def cells(table: str) -> dict[tuple[str, str], str]:
    head, *rows = table.strip("\n").splitlines()
    columns = head.split()
    split = [row.split() for row in rows]
    return {(row[0], column): cell for row in split for column, cell in zip(columns, row[1:], strict=True)}


JOB_CELLS, STEP_CELLS = cells(JOBS), cells(STEPS)


def a_step(status: str) -> Job:
    """A running job whose step scan has this status."""
    job = after(jobs.running("scan", "load"), c.StartStep(step="load"))
    roads: dict[str, tuple[c.Command, ...]] = {
        "pending": (),
        "running": (c.StartStep(step="scan"),),
        "succeeded": (c.FinishStep(step="scan"),),
        "failed": (c.FailStep(step="scan", error="unreadable"),),
        "skipped": (c.SkipStep(step="scan"),),
    }
    return after(job, *roads[status])


@pytest.mark.parametrize(("command", "phase"), JOB_CELLS)
def test_every_command_in_every_phase(command: str, phase: str) -> None:
    job, follows = jobs.in_phase(phase), JOB_CELLS[command, phase]
    if follows != ".":
        assert jobs.phase_of(after(job, COMMANDS[command])) == follows
        return
    error = refused(job, COMMANDS[command])
    assert isinstance(error, IllegalTransition)
    assert (error.command, error.state, error.step) == (command, phase, None)
    assert error.advice in str(error)
    assert phase in str(error)


@pytest.mark.parametrize(("command", "status"), STEP_CELLS)
def test_every_step_command_in_every_step_status(command: str, status: str) -> None:
    job, follows = a_step(status), STEP_CELLS[command, status]
    assert jobs.statuses(job)["scan"] == status
    if follows != ".":
        assert jobs.statuses(after(job, COMMANDS[command]))["scan"] == follows
        return
    error = refused(job, COMMANDS[command])
    assert isinstance(error, IllegalTransition)
    assert (error.command, error.state, error.step) == (command, status, "scan")
    assert "'scan'" in str(error)


@pytest.mark.parametrize("phase", jobs.PHASES)
def test_a_phase_is_reached_by_commands(phase: str) -> None:
    assert jobs.phase_of(jobs.in_phase(phase)) == phase


def shown(table: dict[str, tuple[str, ...]], columns: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """A table of the core as the cells above: strict, so that a row too short or too long is an error."""
    return {
        (command, column): "." if cell.startswith("!") else cell
        for command, row in table.items()
        for column, cell in zip(columns, row, strict=True)
    }


def test_the_tables_are_total_and_say_what_is_promised() -> None:
    assert shown(JOB_TABLE, PHASES) == JOB_CELLS
    assert shown(STEP_TABLE, STEP_PHASES) == STEP_CELLS


def test_every_command_has_a_row() -> None:
    assert {type(command) for command in COMMANDS.values()} == set(get_args(c.Command))
    assert set(COMMANDS) == set(JOB_TABLE)


def test_every_status_has_a_column() -> None:
    assert set(PHASES) == {*Status, "retrying"}
    assert list(STEP_PHASES) == list(StepStatus)


@pytest.mark.parametrize(("command", "phase"), JOB_CELLS)
def test_every_refusal_says_what_to_do(command: str, phase: str) -> None:
    cell = JOB_TABLE[command][PHASES.index(phase)]
    assert cell in PHASES or len(cell) > len("!do it")
