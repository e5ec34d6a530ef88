"""The table and the log are one write: nothing that stops it in the middle leaves them apart."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import headway
from examples.intake import plan
from examples.intake.ledger import Ledger
from examples.intake.progress import (
    get_file_step_status,
    get_processing_logs,
    initialize_file_steps,
    update_step_status,
)
from tests.house.rules import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FILE = "42"
WORKER = """
import itertools, sys, headway
from examples.intake.ledger import Ledger
from examples.intake.progress import update_step_status
with headway.connect(sys.argv[1]) as reporter, Ledger(reporter) as ledger:
    print("begun", flush=True)
    for turn in itertools.count():
        for step in sys.argv[2:]:
            update_step_status(ledger, "42", step, "in_progress", message=f"turn {turn}")
            update_step_status(ledger, "42", step, "failure" if turn % 3 else "success", f"fault of turn {turn}")
"""


SQL = "import sqlite3, sys; sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])"


def told_to(folder: Path, statement: str) -> None:
    """In a process of its own: two copies of SQLite in one would take away each other's locks on the file."""
    subprocess.run([sys.executable, "-c", SQL, str(folder / "jobs.db"), statement], check=True)


def folded(ledger: Ledger) -> dict[str, tuple[str | None, int]]:
    """By step: the last status that the log tells, and how many attempts it tells of."""
    found: dict[str, tuple[str | None, int]] = dict.fromkeys(plan.MAIN_STEPS, ("pending", 0))
    for entry in get_processing_logs(ledger, FILE):
        if entry["step_name"]:
            attempts = found[entry["step_name"]][1]
            found[entry["step_name"]] = entry["status"], attempts + (entry["status"] == "in_progress")
    return found


def table(ledger: Ledger) -> dict[str, tuple[str | None, int]]:
    return {name: (row["status"], row["attempt"]) for name, row in get_file_step_status(ledger, FILE).items()}


@pytest.mark.parametrize("reports", [3, 17, 60])
def test_workers_that_are_killed_while_they_write_leave_table_and_log_agreeing(
    store: str, ledger: Ledger, reports: int
) -> None:
    initialize_file_steps(ledger, FILE)
    steps = plan.MAIN_STEPS[:2], plan.MAIN_STEPS[2:4]
    commands = [[sys.executable, "-c", WORKER, store, *own] for own in steps]
    workers = [subprocess.Popen(each, cwd=ROOT, stdout=subprocess.PIPE) for each in commands]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    with headway.connect(store) as watcher:
        job_id = ledger.job(FILE)["id"]
        while watcher.get(job_id)["seq"] < reports:
            pass

    for worker in workers:
        worker.kill()
        worker.communicate()

    assert table(ledger) == folded(ledger)
    assert max(attempts for _status, attempts in table(ledger).values()) > 0


@pytest.mark.parametrize(("written", "how"), [("event", "insert"), ("step", "update"), ("job", "update")])
def test_a_write_that_fails_in_the_middle_changes_neither(
    tmp_path: Path, ledger: Ledger, written: str, how: str
) -> None:
    initialize_file_steps(ledger, FILE)
    update_step_status(ledger, FILE, plan.HASH_FILE, "in_progress")
    before = get_file_step_status(ledger, FILE), get_processing_logs(ledger, FILE)
    told_to(tmp_path, f"create trigger broken before {how} on {written} begin select raise(abort, 'broken'); end")

    with pytest.raises(headway.HeadwayError, match="broken"):
        update_step_status(ledger, FILE, plan.HASH_FILE, "success")

    assert (get_file_step_status(ledger, FILE), get_processing_logs(ledger, FILE)) == before
    told_to(tmp_path, "drop trigger broken")
    update_step_status(ledger, FILE, plan.HASH_FILE, "success")
    assert table(ledger) == folded(ledger)
