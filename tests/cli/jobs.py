"""Jobs on the wire for tests of what is drawn, brought by commands alone to where a test wants them."""

from __future__ import annotations

from typing import Any

from headway.core import commands as c
from headway.core.create import check_facts, create
from headway.core.plan import parse_plan
from headway.core.rules import apply
from headway.core.wire import job_wire

ID = "0192d3a0-7c00-7000-8000-000000000001"
SECOND = 1_000_000
NOW = 1_764_072_000_000_000  # 2025-11-25 12:00:00 UTC


def wire(*commands: c.Command, steps: tuple[Any, ...] = (), kind: str = "index", **facts: Any) -> dict[str, Any]:
    """A job created 600 seconds before NOW; each command comes a minute after the one before."""
    born = NOW - 600 * SECOND
    job, _ = create(check_facts(kind, id=ID, now=born, **facts), parse_plan(list(steps)), born)
    for minutes, command in enumerate(commands, 1):
        job, _ = apply(job, command, born + minutes * 60 * SECOND)
    return job_wire(job)
