"""Owns the writing and reading of a file's progress: a row per step that is now, and a log of all that ever was.

One call is one transaction of Headway: a row cannot change without its log entry, nor the other way round. So there
is nothing here that only logs, and nothing that only sets a status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import headway
from examples.intake import plan, tables
from examples.intake.tables import FAILURE, IN_PROGRESS, PENDING, SKIPPED, STATUSES

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable
    from datetime import datetime

    from examples.intake.ledger import FileId, Ledger

_PAGE = 500

WEIGHTS = {
    plan.HASH_FILE: 2,
    plan.CREATE_FILE_RECORD: 1,
    plan.CHECK_TEXT: 5,
    plan.EXTRACT_TEXT: 10,
    plan.EXTRACT_METADATA: 8,
    plan.EMBED_METADATA: 6,
    plan.FINALIZE_STORAGE: 2,
    plan.SEND_TO_ALL: 12,
}
"""How long the steps take beside each other, for the bar; the last one keeps room for the uploads."""
# A failed upload has nothing left, for the bar; while it waits for its next try, its place in the line has.
_QUEUE_WEIGHT, _UPLOAD_WEIGHT = 4, 9


class UnknownStatus(ValueError):
    """A status that no step can be given."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"a step's status is one of {', '.join(STATUSES)}, not {status!r}")


class NeverPendingAgain(ValueError):
    """A step that was begun cannot be pending again: `in_progress` begins its next attempt."""

    def __init__(self, step: str, status: str) -> None:
        self.step, self.status = step, status
        super().__init__(f"{step} is {status} and cannot be pending again; begin it anew with {IN_PROGRESS!r}")


def initialize_file_steps(ledger: Ledger, file_id: FileId, *, name: str | None = None) -> str:
    """Give a file its job, with every main step pending; the job's id. A known file keeps the job that it has."""
    subject = plan.subject_of(file_id)
    job = ledger.reporter.create(
        plan.KIND,
        plan=headway.parse_plan([{"name": step, "weight": WEIGHTS[step]} for step in plan.MAIN_STEPS], open=True),
        subject=subject,
        external_id=subject,
        labels={"file": name} if name else None,
    )
    return job.id


def add_upload_steps(ledger: Ledger, file_id: FileId, destinations: Iterable[str]) -> None:
    """Add the two steps of each destination, pending; those that are there already stay as they are."""
    steps: list[dict[str, Any]] = []
    for destination in destinations:
        steps.append({"name": plan.queue_step(destination), "weight": _QUEUE_WEIGHT, "group": plan.UPLOADS})
        steps.append({"name": plan.upload_step(destination), "weight": _UPLOAD_WEIGHT, "group": plan.UPLOADS})
    ledger.part(file_id).add_steps(steps)


def update_step_status(
    ledger: Ledger,
    file_id: FileId,
    step_name: str,
    status: str,
    error_message: str | None = None,
    started_at: datetime | None = None,
    completed_at: datetime | None = None,
    *,
    message: str | None = None,
    detail: Any = None,
    more_follows: bool = False,
) -> None:
    """Set a step's status and write the log entry that says so, with the times that the caller gives.

    `in_progress` begins the next attempt of a step that had ended, of a file that had ended too. A step that ends
    without having been begun is begun with it, at `started_at`. A time without a zone is this machine's. When the last
    step of a file ends, its job does, unless the caller says that `more_follows`, as another try.
    """
    if status not in STATUSES:
        raise UnknownStatus(status)
    if status == PENDING:
        _require_pending(ledger, file_id, step_name)
    elif status == IN_PROGRESS:
        _begin(ledger, file_id, step_name, message, detail, started_at)
    else:
        _end(ledger, file_id, step_name, status, error_message or message, detail, (started_at, completed_at))
        if not more_follows:
            ledger.conclude(file_id)


def get_file_step_status(ledger: Ledger, file_id: FileId) -> dict[str, dict[str, Any]]:
    """By step: `status`, `started_at`, `completed_at`, `error_message`, and the `message` and `attempt` besides."""
    return tables.steps_of(ledger.job(file_id))


def get_file_overall_status(ledger: Ledger, file_id: FileId) -> dict[str, Any]:
    """`status` (pending, processing, completed, failed), `has_errors`, and how many steps stand where."""
    return tables.overall_of(ledger.job(file_id))


def get_step_summary(ledger: Ledger, file_id: FileId) -> dict[str, Counter[str]]:
    """`{"main": {…}, "uploads": {…}}`, counted by status; an upload that waits in the line is `queued`."""
    return tables.summary_of(ledger.job(file_id))


def get_processing_logs(ledger: Ledger, file_id: FileId) -> list[dict[str, Any]]:
    """Everything that ever happened to a file, in order; nothing is ever taken out of it."""
    job_id = ledger.job(file_id)["id"]
    events: list[dict[str, Any]] = []
    while page := ledger.reporter.history(job_id, after=events[-1]["seq"] if events else 0, limit=_PAGE):
        events += page
    return tables.log_of(file_id, events)


def _require_pending(ledger: Ledger, file_id: FileId, step: str) -> None:
    row = _row(ledger, file_id, step)
    if row["status"] != PENDING:
        raise NeverPendingAgain(step, row["status"])


def _begin(
    ledger: Ledger, file_id: FileId, step: str, message: str | None, detail: Any, at: datetime | None
) -> headway.StepHandle:
    def started(part: headway.JobHandle) -> headway.StepHandle:
        return part.step(step, message, detail=detail, at=_zoned(at), parallel=True)

    try:
        begun = started(ledger.part(file_id))
    except headway.IllegalTransition:  # the file has ended
        begun = started(ledger.reopened(file_id))
    ledger.begun(file_id, step, begun)
    return begun


def _end(
    ledger: Ledger,
    file_id: FileId,
    step: str,
    status: str,
    message: str | None,
    detail: Any,
    times: tuple[datetime | None, datetime | None],
) -> None:
    started_at, at = times[0], _zoned(times[1])
    begun = ledger.begun(file_id, step)
    if begun is None or not begun.open:
        if _told(_row(ledger, file_id, step), status, message):
            return
        if status == SKIPPED:
            ledger.reopened(file_id).skip(step, message, detail=detail, at=at)
            return
        begun = _begin(ledger, file_id, step, None, None, started_at or times[1])
    match status:
        case "success":
            begun.succeed(message, detail=detail, at=at)
        case "failure":
            begun.fail(message or f"{step} failed", detail=detail, at=at)
        case _:
            begun.skip(message, detail=detail, at=at)
    ledger.ended(file_id, step)


def _told(row: dict[str, Any], status: str, message: str | None) -> bool:
    """Telling twice is telling once; another failure is one more attempt."""
    return bool(row["status"] == status and (status != FAILURE or row["error_message"] == message))


def _row(ledger: Ledger, file_id: FileId, step: str) -> dict[str, Any]:
    """The step's row; one that is not there yet would be pending."""
    return get_file_step_status(ledger, file_id).get(step, {"status": PENDING})


def _zoned(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone()
