"""Owns a running intake room for a test: the real command, what is brought to it, and how its files are followed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tests.examples import commands
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx2

COMMAND = (sys.executable, "-m", "examples.intake")


class Intake(commands.Started):
    """A served room, as a browser meets it."""

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


def served(folder: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> AbstractContextManager[Intake]:
    return commands.served(Intake, COMMAND, folder, *arguments, settings=settings)
