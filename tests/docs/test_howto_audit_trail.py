"""The how-to "Steps with an audit trail" is true: whoever does what it says sees what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import Block, blocks
from tests.docs.reader import Reader
from tests.house.rules import ROOT

HOWTO = ROOT / "docs" / "howto-audit-trail.md"
CRASH = """
import os, signal
import headway
from steps import job_of, tried

job = headway.resume(job_of("crash.txt").id)
tried(job, "hash", lambda: None)
job.step("store")
os.kill(os.getpid(), signal.SIGKILL)
"""

AFTER_A_CRASH = """\
$ python crash.py
…
$ python file.py crash.txt cloud
$ python log.py crash.txt all
created
started
step_started   hash
step_succeeded hash
step_started   store
step_succeeded store
step_started   send
steps_added
step_succeeded send
step_started   upload_to_cloud
step_succeeded upload_to_cloud
succeeded
$ headway verify
…
1 jobs, 12 entries of history: no drift
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with Reader(tmp_path) as reader:
        reader.home.mkdir()
        reader.type(f"cd {reader.home.name}")
        yield reader


def test_whoever_follows_it_sees_what_it_shows(reader: Reader) -> None:
    for block in blocks(HOWTO):
        reader.follow(block)
    reader.ends()


def test_what_was_done_before_a_crash_is_not_done_again(reader: Reader) -> None:
    for block in blocks(HOWTO):
        if block.language == "python":
            reader.follow(block)
    (reader.home / "crash.txt").write_text("Dear all")
    (reader.home / "crash.py").write_text(CRASH)

    reader.follow(Block("", "console", AFTER_A_CRASH, ""))
    reader.ends()
