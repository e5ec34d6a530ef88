"""The run on the samples, as a person starts it: live to the end, what came out, and an honest exit code."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from examples.documents import samples
from tests.examples.commands import ran
from tests.examples.documents.serving import COMMAND

if TYPE_CHECKING:
    from pathlib import Path


def test_all_samples_end_as_they_should_and_nothing_stays_behind(tmp_path: Path) -> None:
    run = ran(COMMAND, tmp_path, "--once")

    assert (run.returncode, run.stderr) == (0, "")
    assert "\x1b" not in run.stdout, "no drawing where there is no terminal"
    for sample in samples.samples():
        ended = "failed" if sample.refused else "succeeded"
        assert any(line.startswith(sample.name) and line.endswith(ended) for line in run.stdout.splitlines())
    assert "the-harbour-log.pdf            3,000  11,383,312   566 × 800" in run.stdout
    assert "sealed-minutes.pdf failed, as it should:\n  This PDF is locked with a password" in run.stdout
    assert "torn-ledger.pdf failed, as it should:\n  This PDF is damaged" in run.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("headway-")] == []


def test_a_store_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    for arguments in (("--once", "--store", "nonsense"), ("--once", "--store", f"sqlite:///{tmp_path}/no/such/x.db")):
        run = ran(COMMAND, tmp_path, *arguments)
        assert run.returncode == 2
        assert len(run.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = ran(COMMAND, tmp_path, "--port", str(taken.getsockname()[1]))

    assert run.returncode == 2
    assert "choose another with --port" in run.stderr
