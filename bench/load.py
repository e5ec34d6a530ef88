"""Owns the load on a stream: builds the client, connects the readers, lets it run and checks that nobody was lost."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.processes import ROOT

CONNECTS_WITHIN_S = 60


class NobodyHeard(Exception):
    """The load lost readers or messages: its figure would say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A running server: where readers and messages go. `ready`: the word that says a reader is live."""

    process: psutil.Process
    port: int
    path: str
    publish: tuple[str, ...] = ()
    ready: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The built client and the server it goes to."""

    program: Path
    side: Side
    readers: int
    seconds: float = 1.0
    pace: tuple[str, ...] = field(default=("--window", "4"))

    def run(self) -> dict[str, Any]:
        """The client's own account of one run."""
        with self.connected() as client:
            account, complaint = client.communicate("go\n", timeout=self.seconds + CONNECTS_WITHIN_S)
            if not account:
                raise NobodyHeard(complaint.strip())
        told: dict[str, Any] = json.loads(account)
        if told["lost_readers"] or not told["per_s"]:
            raise NobodyHeard(f"{told} of {self.readers} readers")
        return told

    @contextlib.contextmanager
    def connected(self) -> Iterator[subprocess.Popen[str]]:
        """All readers are live inside the block, and nothing is published."""
        pipe = subprocess.PIPE
        with subprocess.Popen(self._command(), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as client:
            assert client.stdout
            assert client.stderr
            if client.stdout.readline() != "READY\n":
                raise NobodyHeard(client.stderr.read().strip())
            yield client

    def _command(self) -> list[str]:
        side = self.side
        ready = ("--ready", side.ready) if side.ready else ()
        there = ("--port", str(side.port), "--path", side.path, "--readers", str(self.readers))
        return [str(self.program), *there, "--seconds", str(self.seconds), *self.pace, *ready, *side.publish]


def built(scratch: Path) -> Path:
    """The client, compiled from its one source file."""
    program = scratch / "sse_load"
    source = ROOT / "bench" / "sse_load.c"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, source], check=True)
    return program
