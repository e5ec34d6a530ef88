"""The same room over PostgreSQL, and over a store in which an old log's files are already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.house import papers
from examples.intake import plan
from examples.intake.backfill import Backfill, migrate_all_files
from tests.examples.intake.old_logs import kept
from tests.examples.intake.serving import served

if TYPE_CHECKING:
    from pathlib import Path


def test_files_are_filed_and_sent_over_postgresql_too(database: str, tmp_path: Path) -> None:
    with served(tmp_path, "--store", database) as intake:
        file_ids = [intake.bring(papers.printed(f"Number {number}", 1)) for number in range(3)]

        for file_id in file_ids:
            file = intake.ended(file_id)
            assert file["overall"]["status"] == "completed"
            assert file["summary"] == {"main": {"success": 8}, "uploads": {"success": 2}}
            assert intake.told(file_id, "upload_to_archive") == ["in_progress", "success"]


def test_a_file_of_an_old_log_is_answered_for_as_any_other(tmp_path: Path) -> None:
    moment = "2024-01-15 10:00:0"
    rows = [
        (7, "hash_file", "in_progress", "Starting", f"{moment}0"),
        (7, "hash_file", "success", "Hash: abc123", f"{moment}5"),
        (7, "queue_dropbox", "success", None, f"{moment}6"),
        (7, "upload_to_dropbox", "failure", "quota exceeded", f"{moment}7"),
    ]
    old = kept(tmp_path / "old.db", rows)
    migrate_all_files(Backfill(str(old), f"sqlite:///{tmp_path}/headway.db"))

    with served(tmp_path) as intake:
        file = intake.file("7")
        logs = intake.logs("7")
        listed = intake.client.get("/api/files").json()["files"]

    assert file["record"] is None, "nothing is kept of it here"
    statuses = {row["step_name"]: row["status"] for row in file["steps"]}
    assert (statuses[plan.HASH_FILE], statuses["upload_to_dropbox"]) == ("success", "failure")
    assert file["overall"]["has_errors"] is True
    assert file["summary"]["uploads"] == {"failure": 1}
    assert [entry["timestamp"] for entry in logs if entry["step_name"] == plan.HASH_FILE] == [
        "2024-01-15T10:00:00.000000Z",
        "2024-01-15T10:00:05.000000Z",
    ]
    assert [found["file_id"] for found in listed] == ["7"]
