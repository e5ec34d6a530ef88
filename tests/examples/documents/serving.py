"""Owns a running document room for a test: the real command, what is brought to it, and how its jobs are followed."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING, Any

from tests.examples import commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx2

COMMAND = (sys.executable, "-m", "examples.documents")


class Room(commands.Started):
    """A served room."""

    def bring(self, content: bytes, name: str = "brought.pdf") -> httpx2.Response:
        return self.client.post("/api/documents", files={"file": (name, content, "application/pdf")})

    def job(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = self.client.get(f"/headway/v1/jobs/{job_id}").raise_for_status().json()
        return job

    def frames(self, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The frames of an event stream, until the server closes it."""
        with self.client.stream("GET", address, headers={"Accept": "text/event-stream"}) as answer:
            name = ""
            for line in answer.iter_lines():
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    yield name, json.loads(line.removeprefix("data:"))

    def ended(self, job_id: str) -> dict[str, Any]:
        """The job when it has ended; waits by its stream."""
        for _frame in self.frames(f"/headway/v1/jobs/{job_id}/events"):
            pass
        return self.job(job_id)

    def running(self, job_id: str, step: str, current: int = 0) -> dict[str, Any]:
        """The job as soon as it is in a step and has counted so far there."""
        for name, content in self.frames(f"/headway/v1/jobs/{job_id}/events"):
            if name in ("snapshot", "state"):
                for known in content["steps"]:
                    if known["name"] == step and known["status"] == "running" and known["current"] >= current:
                        return content
        raise AssertionError(f"job {job_id} ended before it was seen in {step}")

    def stop(self) -> int:
        """As Ctrl-C does it; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


def served(folder: Path, *arguments: str) -> AbstractContextManager[Room]:
    return commands.served(Room, COMMAND, folder, *arguments)
