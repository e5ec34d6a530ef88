"""The run on the samples, as a person starts it: live to the end, what came out, and an honest exit code."""

from __future__ import annotations

import socket
import subprocess
from typing import TYPE_CHECKING

from examples.documents import samples
from tests.examples.documents.serving import COMMAND, environment

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    temporary = environment(folder) | {"TMPDIR": str(folder), "COLUMNS": "80"}
    return subprocess.run(
        [*COMMAND, *arguments], env=temporary, capture_output=True, text=True, check=False, timeout=100
    )


def test_all_samples_end_as_they_should_and_nothing_stays_behind(tmp_path: Path) -> None:
    ran = run(tmp_path, "--once")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout, "no drawing where there is no terminal"
    for sample in samples.samples():
        ended = "failed" if sample.refused else "succeeded"
        assert any(line.startswith(sample.name) and line.endswith(ended) for line in ran.stdout.splitlines())
    assert "the-harbour-log.pdf            3,000  11,383,312   566 × 800" in ran.stdout
    assert "sealed-minutes.pdf failed, as it should:\n  This PDF is locked with a password" in ran.stdout
    assert "torn-ledger.pdf failed, as it should:\n  This PDF is damaged" in ran.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("headway-")] == []


def test_a_store_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    for arguments in (("--once", "--store", "nonsense"), ("--once", "--store", f"sqlite:///{tmp_path}/no/such/x.db")):
        ran = run(tmp_path, *arguments)
        assert ran.returncode == 2
        assert len(ran.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run(tmp_path, "--port", str(taken.getsockname()[1]))

    assert ran.returncode == 2
    assert "choose another with --port" in ran.stderr
