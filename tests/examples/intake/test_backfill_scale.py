"""A hundred thousand rows of an old log become jobs within a minute, and its files are where it says."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

import pytest

import headway
from examples.intake import legacy, plan
from examples.intake.backfill import Backfill, migrate_all_files, verify_all_files
from examples.intake.tables import steps_of
from tests.examples.intake.old_logs import fingerprint, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(400)  # it is the work that is measured, however long it takes beside others

ROWS, MINUTE_S, ROWS_A_SECOND = 100_000, 60, 2_000


def test_a_hundred_thousand_rows_are_brought_and_proven(tmp_path: Path, store: str) -> None:
    log = tmp_path / "logs.db"
    legacy.write(log, ROWS)
    before, backfill = fingerprint(log), Backfill(str(log), store)

    began = time.process_time()  # not the clock on the wall: others use this machine too
    done = migrate_all_files(backfill)
    took_s = time.process_time() - began

    assert done["rows"] == ROWS
    assert took_s < MINUTE_S
    assert ROWS / took_s > ROWS_A_SECOND, f"{took_s:.1f} s"
    assert all(verdict.agrees for verdict in islice(verify_all_files(backfill), 500))
    expected = said(log)
    assert done["migrated"] == len(expected)
    with headway.connect(store) as reporter:
        for file, steps in list(expected.items())[::20]:
            (job,) = reporter.jobs(kind=plan.KIND, subject=plan.subject_of(file))
            rows = {name: row["status"] for name, row in steps_of(job).items()}
            assert rows == dict.fromkeys(plan.MAIN_STEPS, "pending") | steps, file
    assert fingerprint(log) == before
