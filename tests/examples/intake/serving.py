"""Owns a running intake room for a test: the real command in a process of its own, and a client for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import psutil

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMMAND = (sys.executable, "-m", "examples.intake")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_FOREIGN = ("HEADWAY_", "INTAKE_", "OPENAI_", "DROPBOX_", "AWS_")


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the person's own store, settings or keys reaches a test."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return own | {"HEADWAY_SPOOL": str(folder / "spool"), "PYTHONUNBUFFERED": "1"} | dict(more or {})


class Intake:
    """A served room, as a browser meets it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.client = httpx2.Client(base_url=url, timeout=30)

    def post(self, content: bytes, name: str = "brought.pdf") -> httpx2.Response:
        return self.client.post("/api/files", files={"file": (name, content, "application/pdf")})

    def bring(self, content: bytes, name: str = "brought.pdf") -> str:
        """The id of the file."""
        answer = self.post(content, name)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["file_id"])

    def file(self, file_id: str) -> dict[str, Any]:
        file: dict[str, Any] = self.client.get(f"/api/files/{file_id}").raise_for_status().json()
        return file

    def statuses(self, file_id: str) -> dict[str, str]:
        return {row["step_name"]: row["status"] for row in self.file(file_id)["steps"]}

    def logs(self, file_id: str) -> list[dict[str, Any]]:
        logs: list[dict[str, Any]] = self.client.get(f"/api/files/{file_id}/logs").raise_for_status().json()["logs"]
        return logs

    def told(self, file_id: str, step: str) -> list[str]:
        """The statuses that the log tells of a step, in order."""
        return [entry["status"] for entry in self.logs(file_id) if entry["step_name"] == step]

    def ended(self, file_id: str) -> dict[str, Any]:
        """The file as soon as its job has ended."""
        job_id = self.file(file_id)["job_id"]

        def over() -> bool:
            job = self.client.get(f"/headway/v1/jobs/{job_id}").raise_for_status().json()
            return job["status"] in ("succeeded", "failed", "cancelled")

        eventually(over, within_s=40)
        return self.file(file_id)

    def seen(self, file_id: str, step: str, status: str) -> None:
        """Returns as soon as a step stands like this."""
        eventually(lambda: self.statuses(file_id).get(step) == status, within_s=40)

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def kill(self) -> None:
        """As a power cut does it: the server and its workers are gone at once."""
        for process in [psutil.Process(self.process.pid), *self.workers()]:
            process.kill()
        self.process.wait()


@contextmanager
def served(folder: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Iterator[Intake]:
    """A room on a free port, with its files and jobs in `folder`."""
    command = (*COMMAND, "--port", "0", "--folder", str(folder), *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(folder, settings)) as process:
        try:
            intake = Intake(process, _address(process))
            with intake.client:
                yield intake
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
