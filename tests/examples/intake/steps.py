"""Owns a file in the ledger whose steps a test reports by itself, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.intake.progress import get_file_step_status, get_processing_logs, update_step_status

if TYPE_CHECKING:
    from examples.intake.ledger import Ledger

FILE = "3f786850e387550fdab836ed7e6dc881de23001b"


def statuses(db: Ledger, file_id: str | int = FILE) -> dict[str, str]:
    return {name: row["status"] for name, row in get_file_step_status(db, file_id).items()}


def told(db: Ledger, step: str) -> list[tuple[str | None, str | None]]:
    """What the log says about a step: status and message, in order."""
    entries = [entry for entry in get_processing_logs(db, FILE) if entry["step_name"] == step]
    return [(entry["status"], entry["message"]) for entry in entries]


def do(db: Ledger, *steps: str) -> None:
    for step in steps:
        update_step_status(db, FILE, step, "in_progress")
        update_step_status(db, FILE, step, "success")
