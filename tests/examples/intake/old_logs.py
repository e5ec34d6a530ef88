"""Owns what the tests of the backfill share: old logs small and large, and what a log says when it is read by hand."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from examples.intake.legacy import TABLE
from headway.stores.address import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from headway.core.changes import Event
    from headway.core.job import Job

MEANT = ("in_progress", "success", "failure", "skipped")

Entry = tuple[Any, ...]
"""File, step, status, message and time."""


def kept(path: Path, entries: Sequence[Entry]) -> Path:
    """A log of these rows; ids follow those that are there."""
    with closing(sqlite3.connect(path)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'processing_logs'").fetchone():
            db.executescript(TABLE)
        db.executemany(
            "insert into processing_logs (file_id, step_name, status, message, timestamp) values (?, ?, ?, ?, ?)",
            entries,
        )
        db.commit()
    return path


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def said(path: Path) -> dict[int, dict[str, str]]:
    """By file and step the status of the last row that has one, by (timestamp, id): read by hand."""
    last: dict[int, dict[str, str]] = {}
    with closing(sqlite3.connect(path)) as db:
        rows = [row for row in db.execute("select * from processing_logs") if None not in (row[1], row[3], row[7])]
    for _id, file, _task, step, status, *_ in sorted(rows, key=lambda row: (datetime.fromisoformat(row[7]), row[0])):
        word = status.strip().lower()
        steps = last.setdefault(file, {})
        if word in MEANT:
            steps[step] = word
        else:
            steps.setdefault(step, "pending")
    return last


def whole(store: str) -> dict[str, tuple[Job, list[Event]]]:
    """Every job of a store with its whole history."""
    with closing(open_store(store)) as opened:
        ids = list(opened.job_ids())
        return {job.id: (job, opened.history(job.id, limit=10_000)) for job in opened.load_many(ids)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
