"""Owns a running document room for a test: the real command in a process of its own, and a client for it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-m", "examples.documents")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def environment(folder: Path) -> dict[str, str]:
    """Nothing of the person's own store or settings reaches a test."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HEADWAY_")}
    return own | {"HEADWAY_SPOOL": str(folder / "spool"), "PYTHONUNBUFFERED": "1"}


class Room:
    """A served room; `url` is where it is."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.client = httpx2.Client(base_url=url, timeout=30)

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

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def kill(self) -> None:
        """As a power cut does it: the server and its workers are gone at once."""
        for process in [psutil.Process(self.process.pid), *self.workers()]:
            process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As Ctrl-C does it; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


@contextmanager
def served(folder: Path, *arguments: str, command: tuple[str, ...] = COMMAND, **settings: str) -> Iterator[Room]:
    """A room on a free port, with its documents and jobs in `folder`."""
    whole = (*command, "--port", "0", "--folder", str(folder), *arguments)
    environ = environment(folder) | settings
    with subprocess.Popen(whole, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            room = Room(process, _address(process))
            with room.client:
                yield room
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=20)


def _address(process: subprocess.Popen[str]) -> str:
    """What it prints when it can be reached."""
    for line in process.stdout or ():
        if found := _ADDRESS.search(line):
            return found[0]
    raise AssertionError(f"it said no address and ended with {process.wait()}")
