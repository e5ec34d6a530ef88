"""The run on the samples, as `python -m examples.intake --once` does it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from examples.intake import once, samples
from examples.intake.room import Room
from tests.examples.commands import ran
from tests.examples.intake.serving import COMMAND

if TYPE_CHECKING:
    from pathlib import Path


def test_the_samples_come_out_as_they_should_and_the_exit_is_zero(tmp_path: Path) -> None:
    run = ran(COMMAND, tmp_path, "--once", "--folder", str(tmp_path))

    assert run.returncode == 0, run.stderr
    assert "minutes-behind-a-lock.pdf failed, as it should" in run.stdout
    assert "half-a-ledger.pdf failed, as it should" in run.stdout
    assert "1 of the files came twice and was known" in run.stdout
    assert len(list((tmp_path / "intake" / "sent").glob("*/*.pdf"))) == 8
    assert all(len(line) <= 80 or "jobs in" in line for line in run.stdout.splitlines())
    assert run.stderr == ""


def test_a_second_run_in_the_same_place_finds_what_is_known(tmp_path: Path) -> None:
    for _ in range(2):
        run = ran(COMMAND, tmp_path, "--once", "--folder", str(tmp_path))
        assert run.returncode == 0, run.stderr

    # The locked one is encrypted anew each time, and so is another file.
    assert len(list((tmp_path / "intake" / "files").iterdir())) == 7


def test_a_destination_that_is_away_makes_the_run_fail_and_says_which(tmp_path: Path) -> None:
    run = ran(COMMAND, tmp_path, "--once", INTAKE_DESTINATIONS="team=dav://127.0.0.1:1/in", INTAKE_WAITS_S="0.01")

    assert run.returncode == 1
    assert "Not sent to team: It cannot be reached, or takes nothing just now." in run.stdout


@pytest.mark.parametrize(
    ("setting", "value"),
    [("INTAKE_DESTINATIONS", "team=ftp://x"), ("INTAKE_WAITS_S", "soon"), ("INTAKE_WAITS_S", "-1")],
)
def test_a_wrong_setting_is_said_in_a_line_and_nothing_begins(tmp_path: Path, setting: str, value: str) -> None:
    run = ran(COMMAND, tmp_path, "--once", **{setting: value})

    assert run.returncode == 2
    assert run.stderr.startswith(setting)
    assert len(run.stderr.splitlines()) == 1


def test_bringing_the_samples_tells_a_job_for_each_and_what_it_took(store: str, tmp_path: Path) -> None:
    room = Room(folder=tmp_path, store=store)
    with Console(file=io.StringIO(), width=80) as console:
        assert once.run_samples(console, room) == 0

    effort = room.effort()
    assert effort.reports >= effort.writes > 6 * len(samples.samples())
