"""A log as another program kept it, the mapping that reads it, and the job that it becomes."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from headway.core.changes import fold
from headway.core.job import Job
from headway.importing import verify_logs
from headway.stores.protocol import Filter, JobQuery, Store

NAMES = ("id", "file_id", "task_id", "step_name", "status", "message", "detail", "timestamp")
MAPPING: dict[str, Any] = {
    "kind": "intake",
    "table": "processing_logs",
    "columns": {
        "id": "id",
        "file": "file_id",
        "step": "step_name",
        "status": "status",
        "message": "message",
        "detail": "detail",
        "at": "timestamp",
    },
    "statuses": {
        "pending": "pending",
        "in_progress": "started",
        "success": "succeeded",
        "failure": "failed",
        "skipped": "skipped",
    },
    "steps": ["hash_file", "check_text"],
    "groups": {"uploads": ["queue_*", "upload_to_*"]},
}

Entry = tuple[int, str, str, str | None, str]  # file, step, status, message, time
Kept = Callable[[Sequence[Entry]], Path]


def rows(entries: Sequence[Entry], first_id: int = 1) -> list[tuple[Any, ...]]:
    """Rows with ids in the order that is given."""
    return [
        (number, file, f"task-{file}", step, status, message, None, at)
        for number, (file, step, status, message, at) in enumerate(entries, first_id)
    ]


def kept_in_sqlite(path: Path, entries: Sequence[Entry]) -> Path:
    """A table of SQLite."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "create table if not exists processing_logs (id integer primary key, file_id integer, task_id text,"
            " step_name text, status text, message text, detail text, timestamp text)"
        )
        (last,) = db.execute("select coalesce(max(id), 0) from processing_logs").fetchone()
        db.executemany("insert into processing_logs values (?, ?, ?, ?, ?, ?, ?, ?)", rows(entries, last + 1))
        db.commit()
    return path


def kept_as_csv(path: Path, entries: Sequence[Entry]) -> Path:
    """Comma-separated, with a heading."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows(rows(entries))
    return path


def kept_as_lines(path: Path, entries: Sequence[Entry]) -> Path:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(dict(zip(NAMES, row, strict=True))) + "\n" for row in rows(entries)))
    return path


WHOLE: list[Entry] = [
    (7, "hash_file", "in_progress", "hashing", "2024-03-01 10:00:00"),
    (7, "hash_file", "success", "sha256 done", "2024-03-01 10:00:02"),
    (7, "check_text", "in_progress", None, "2024-03-01 10:00:03"),
    (7, "check_text", "failure", "no text layer", "2024-03-01 10:00:04"),
    (7, "check_text", "in_progress", "again", "2024-03-01 10:01:00"),
    (7, "check_text", "success", "found text", "2024-03-01 10:01:05"),
    (7, "upload_to_s3", "in_progress", None, "2024-03-01 10:02:00"),
    (7, "upload_to_s3", "skipped", "not wanted", "2024-03-01 10:02:01"),
]


def only(store: Store, subject: str = "7") -> Job:
    """The one job of a file, whose state must be what its history tells."""
    [job] = store.jobs(JobQuery(filter=Filter(subjects=frozenset({subject}))))
    assert fold(job.facts, store.history(job.id, limit=10_000)) == job
    return job


def agree(source: Path, store: Store, mapping: dict[str, Any] = MAPPING) -> bool:
    """Whether every job is what the log says."""
    return all(verdict.agrees for verdict in verify_logs(source, mapping, store=store))
