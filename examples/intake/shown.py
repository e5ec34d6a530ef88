"""Owns what the HTTP edge says of a file: its job in the words of this application, with what is kept of it here."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from examples.intake import plan
from examples.intake.tables import overall_of, steps_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from examples.intake.archive import Place

    Wire = dict[str, Any]


def line_of(job: Wire) -> Wire:
    """A file in the list."""
    return {
        "file_id": file_id_of(job),
        "job_id": job["id"],
        "name": job["labels"].get("file", f"File {file_id_of(job)}"),
        "created_at": job["created_at"],
        "overall": overall_of(job),
        "summary": summary_of(job),
        "error_message": job["error"] or next((step["error"] for step in job["steps"] if step["error"]), None),
    }


def whole_of(job: Wire, place: Place | None) -> Wire:
    """A file with its step table; `record` is what is kept of it here, None for one that is only known from a log."""
    rows = [_row(name, row) for name, row in steps_of(job).items()]
    record = place.record() if place is not None else None
    return line_of(job) | {"steps": rows, "record": asdict(record) if record is not None else None}


def logs_of(entries: Iterable[Wire]) -> list[Wire]:
    """The audit log as JSON has it."""
    return [entry | {"timestamp": _text(entry["timestamp"])} for entry in entries]


def file_id_of(job: Wire) -> str:
    """What a job of this room is about."""
    subject: str = job["subject"]
    return subject.removeprefix(plan.SUBJECT_PREFIX)


def _row(name: str, row: Wire) -> Wire:
    times = {key: _text(row[key]) for key in ("started_at", "completed_at")}
    return {"step_name": name, "group": plan.group_of(name)} | row | times


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "Z")
