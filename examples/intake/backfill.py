"""Owns the way from the log that was kept before into this room: one file, all files, the proof, and the command.

The log is a table `processing_logs` in an SQLite file or a PostgreSQL database. It is only read. Each file in it
becomes a job of this room's kind, each row an entry of its history, at the time that it had.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import headway
from examples.intake import plan
from examples.intake.ledger import UnknownFile
from examples.intake.progress import WEIGHTS
from headway.importing import import_logs, open_log, parse_mapping, verify_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from examples.intake.ledger import FileId
    from headway.importing import Doubt, Report, Verdict

TABLE: Final = "processing_logs"
BATCH: Final = 100
IMPORTED: Final = "imported"
"""The label of a job that came out of the log: nobody has its file any more, so nobody can go on with it."""
MAPPING: Final = parse_mapping(
    {
        "kind": plan.KIND,
        "table": TABLE,
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
        "steps": [{"name": step, "weight": WEIGHTS[step]} for step in plan.MAIN_STEPS],
        "groups": {plan.UPLOADS: [f"{plan.QUEUE_PREFIX}?*", f"{plan.UPLOAD_PREFIX}?*"]},
        "subject": plan.subject_of("{file}"),
        "external_id": plan.subject_of("{file}"),
        "labels": {"file": "file {file}", IMPORTED: True},
    }
)


class Backfill(NamedTuple):
    """`logs`: where the old log lies. `store`: the URL of the store that gets its jobs; None: headway's own default."""

    logs: str
    store: str | None = None


def migrate_logs_to_steps(backfill: Backfill, file_id: FileId, dry_run: bool = False) -> dict[str, Any]:
    """The job of one file; what was done as `migrate_all_files` tells it. Raises `UnknownFile`."""
    done = import_logs(backfill.logs, MAPPING, store=backfill.store, files=[str(file_id)], dry_run=dry_run)
    if not done.files:
        raise UnknownFile(file_id)
    return {"file_id": file_id, **told(done), "undecided": [doubt.wire() for doubt in done.doubts.kept]}


def migrate_all_files(
    backfill: Backfill,
    batch_size: int = BATCH,
    dry_run: bool = False,
    *,
    progress: Callable[[Report], None] | None = None,
    doubted: Callable[[Doubt], None] | None = None,
) -> dict[str, Any]:
    """The jobs of all files, `batch_size` in a transaction; what was done.

    A file whose job is there gets the rows that came since, or none: so one that was broken off goes on when it is
    asked for again, and asking twice is asking once. `progress` is called after each batch, `doubted` for each doubt.
    """
    return told(
        import_logs(
            backfill.logs,
            MAPPING,
            store=backfill.store,
            batch=batch_size,
            dry_run=dry_run,
            progress=progress,
            doubted=doubted,
        )
    )


def verify_migration(backfill: Backfill, file_id: FileId) -> dict[str, Any]:
    """Whether the job of a file is what its log says, and if not, in what they differ. Raises `UnknownFile`."""
    for verdict in verify_logs(backfill.logs, MAPPING, store=backfill.store, files=[str(file_id)]):
        return {
            "file_id": file_id,
            "job_id": verdict.job_id,
            "rows": verdict.rows,
            "agrees": verdict.agrees,
            "differences": list(verdict.differences),
        }
    raise UnknownFile(file_id)


def verify_all_files(backfill: Backfill) -> Iterator[Verdict]:
    """The verdict on each file of the log."""
    return verify_logs(backfill.logs, MAPPING, store=backfill.store)


def told(report: Report) -> dict[str, Any]:
    """What was done: `migrated` jobs were made (or would be), `extended` had rows since, `there` had none."""
    return {
        "files": report.files,
        "rows": report.rows,
        "migrated": report.jobs,
        "extended": report.extended,
        "there": report.there,
        "entries": report.events,
        "undecided": dict(report.doubts.counts),
        "dry_run": report.dry_run,
    }


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 all is done and proven, 1 a job differs from its log, 2 nothing was done, 130 broken off."""
    from examples.intake.backfill_view import View

    given = _parser().parse_args(arguments)
    backfill = Backfill(given.logs, given.store)
    try:
        with open_log(given.logs, MAPPING) as log, ExitStack() as held:
            file = held.enter_context(given.report.open("w", encoding="utf-8")) if given.report else None
            view = held.enter_context(View(log.count(), file))
            if not given.verify:
                view.begin("dry run" if given.dry_run else "migrated")
                done = migrate_all_files(
                    backfill, given.batch, given.dry_run, progress=view.moved, doubted=view.doubted
                )
                view.migrated(done)
            if not given.dry_run:
                view.begin("verified")
                for verdict in verify_all_files(backfill):
                    view.verified(verdict)
        return view.sum_up()
    except (headway.InvalidSetting, headway.StoreUnavailable, headway.StoreUnusable, headway.MissingExtra) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Broken off between two batches; what is there stays, and the same command goes on.", file=sys.stderr)
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.intake.backfill",
        description=f"Makes jobs of the files in an old log, its table {TABLE}, and proves that they are what it says. "
        "The log is only read. Broken off, or asked for again, it goes on where it was.",
        epilog="Exit status: 0 done and proven, 1 a job differs from its log, 2 nothing was done, 130 broken off.",
    )
    parser.add_argument("logs", metavar="LOGS.db", help="an SQLite file, or postgresql://…")
    parser.add_argument("--store", metavar="URL", help="of the jobs (default: HEADWAY_STORE, else the user's own)")
    parser.add_argument("--batch", type=_count, default=BATCH, metavar="N", help=f"files in a transaction ({BATCH})")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="gets all that is in doubt or differs, as JSON lines"
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    only.add_argument("--verify", action="store_true", help="only hold the jobs that are there against the log")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("must be from 1 to 10000")
    return number


if __name__ == "__main__":
    sys.exit(main())
