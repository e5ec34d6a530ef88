"""Owns the proof that the client makes of frames what the core decided, whatever happened to a job."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.plan import Plan
from headway.core.wire import job_wire
from tests.core.reports import asked, plans, reports
from tests.js.package import CLIENT, program
from tests.page.lives import Frame, born, lived


class Boards:
    """A Node process that plays frames to boards of the client."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        command = [program("node"), str(CLIENT / "test" / "board_by_line.js")]
        self._node = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def play(self, frames: list[Frame]) -> dict[str, Any]:
        """What a new board knows and told after these frames."""
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(frames) + "\n")
        self._node.stdin.flush()
        return dict(json.loads(self._node.stdout.readline()))

    def close(self) -> None:
        self._node.communicate(timeout=10)
        assert self._node.returncode == 0


@pytest.fixture(scope="module")
def boards() -> Iterator[Boards]:
    boards = Boards()
    yield boards
    boards.close()


def plain(wire: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it. An event brings no ETA, so only a whole state tells it."""
    return dict(json.loads(json.dumps({**wire, "eta": None})))


def is_told_by(frame: Frame, version: int) -> bool:
    """Whether it leads to this version of its job."""
    type, content = frame
    return bool((content["job"] if type == "event" else content)["version"] == version)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=plans,
    commands=st.lists(reports | asked, max_size=25),
    every=st.integers(1, 3),
    again=st.integers(0, 60),
)
def test_a_board_knows_what_the_core_decided_and_tells_each_event_once(
    boards: Boards, plan: Plan, commands: list[c.Command], every: int, again: int
) -> None:
    job, first = born(plan)
    job, more = lived(job, [c.Attach(), *commands], every=every)
    frames = [*first, *more]
    if more and not is_told_by(more[-1], job.version):
        frames.append(("state", job_wire(job)))
    played = boards.play([*frames[: again + 1], *frames])  # a line broke, and some of it comes again
    assert played["holes"] == 0
    assert [plain(known) for known in played["jobs"]] == [plain(job_wire(job))]
    assert played["events"] == [*range(1, job.seq + 1)]
