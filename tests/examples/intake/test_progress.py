"""The functions of the contract, on both databases: one row per step, a log of everything, no file known twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import headway
from examples.intake import plan
from examples.intake.ledger import Ledger, UnknownFile
from examples.intake.progress import (
    NeverPendingAgain,
    UnknownStatus,
    add_upload_steps,
    get_file_overall_status,
    get_file_step_status,
    get_processing_logs,
    get_step_summary,
    initialize_file_steps,
    update_step_status,
)
from tests.examples.intake.steps import FILE, do, statuses, told

NINE = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def test_a_new_file_has_its_eight_steps_pending(db: Ledger) -> None:
    rows = get_file_step_status(db, FILE)

    assert tuple(rows) == plan.MAIN_STEPS
    assert len(rows) == 8
    for row in rows.values():
        assert row == {
            "status": "pending",
            "started_at": None,
            "completed_at": None,
            "error_message": None,
            "message": None,
            "attempt": 0,
        }
    assert get_file_overall_status(db, FILE) == {
        "status": "pending",
        "has_errors": False,
        "total_steps": 8,
        "completed_steps": 0,
        "failed_steps": 0,
        "in_progress_steps": 0,
        "skipped_steps": 0,
        "pending_steps": 8,
    }


def test_a_known_file_is_found_and_keeps_its_job(db: Ledger) -> None:
    do(db, plan.HASH_FILE)
    before = db.job(FILE)

    again = initialize_file_steps(db, FILE, name="the same under another name.pdf")

    assert again == before["id"]
    assert db.job(FILE) == before
    assert len(db.reporter.jobs(kind=plan.KIND)) == 1


def test_a_step_goes_from_pending_through_in_progress_to_success(db: Ledger) -> None:
    update_step_status(db, FILE, plan.HASH_FILE, "in_progress", message="Reading")
    assert get_file_step_status(db, FILE)[plan.HASH_FILE]["status"] == "in_progress"
    assert get_file_overall_status(db, FILE)["status"] == "processing"

    update_step_status(db, FILE, plan.HASH_FILE, "success", message="sha256 3f78…")

    row = get_file_step_status(db, FILE)[plan.HASH_FILE]
    assert (row["status"], row["attempt"], row["message"]) == ("success", 1, "sha256 3f78…")
    assert row["started_at"] <= row["completed_at"]
    assert told(db, plan.HASH_FILE) == [("in_progress", "Reading"), ("success", "sha256 3f78…")]


def test_the_caller_s_own_times_are_kept_in_the_row_and_in_the_log(db: Ledger) -> None:
    update_step_status(db, FILE, plan.HASH_FILE, "in_progress", started_at=NINE)
    update_step_status(db, FILE, plan.HASH_FILE, "success", completed_at=NINE + timedelta(seconds=5))
    update_step_status(
        db, FILE, plan.CHECK_TEXT, "success", started_at=NINE, completed_at=NINE + timedelta(milliseconds=1500)
    )

    rows = get_file_step_status(db, FILE)
    assert (rows[plan.HASH_FILE]["started_at"], rows[plan.HASH_FILE]["completed_at"]) == (
        NINE,
        NINE + timedelta(seconds=5),
    )
    spent = rows[plan.CHECK_TEXT]["completed_at"] - rows[plan.CHECK_TEXT]["started_at"]
    assert spent == timedelta(milliseconds=1500)
    logged = [entry["timestamp"] for entry in get_processing_logs(db, FILE) if entry["step_name"] == plan.HASH_FILE]
    assert logged == [NINE, NINE + timedelta(seconds=5)]


def test_a_time_without_a_zone_is_this_machine_s(db: Ledger) -> None:
    now = datetime.now()  # noqa: DTZ005  # as the document's callers give it

    update_step_status(db, FILE, plan.HASH_FILE, "in_progress", started_at=now)

    assert get_file_step_status(db, FILE)[plan.HASH_FILE]["started_at"] == now.astimezone()


def test_a_failure_says_why_in_the_row_and_in_the_log(db: Ledger) -> None:
    update_step_status(db, FILE, plan.CHECK_TEXT, "in_progress")
    update_step_status(db, FILE, plan.CHECK_TEXT, "failure", error_message="The file is locked.", completed_at=NINE)

    row = get_file_step_status(db, FILE)[plan.CHECK_TEXT]
    assert (row["status"], row["error_message"], row["completed_at"]) == ("failure", "The file is locked.", NINE)
    assert told(db, plan.CHECK_TEXT)[-1] == ("failure", "The file is locked.")
    overall = get_file_overall_status(db, FILE)
    assert (overall["status"], overall["has_errors"], overall["failed_steps"]) == ("failed", True, 1)


def test_a_retry_overwrites_the_row_and_adds_to_the_log(db: Ledger) -> None:
    for attempt in (1, 2):
        update_step_status(db, FILE, plan.EXTRACT_TEXT, "in_progress", message=f"try {attempt}")
        update_step_status(db, FILE, plan.EXTRACT_TEXT, "failure", error_message=f"fault {attempt}")
    update_step_status(db, FILE, plan.EXTRACT_TEXT, "in_progress", message="try 3")

    row = get_file_step_status(db, FILE)[plan.EXTRACT_TEXT]
    assert (row["status"], row["error_message"], row["completed_at"], row["attempt"]) == ("in_progress", None, None, 3)
    update_step_status(db, FILE, plan.EXTRACT_TEXT, "success", message="read")
    assert get_file_overall_status(db, FILE)["has_errors"] is False
    assert told(db, plan.EXTRACT_TEXT) == [
        ("in_progress", "try 1"),
        ("failure", "fault 1"),
        ("in_progress", "try 2"),
        ("failure", "fault 2"),
        ("in_progress", "try 3"),
        ("success", "read"),
    ]


def test_telling_the_same_twice_is_telling_it_once(db: Ledger) -> None:
    do(db, plan.HASH_FILE)
    before = get_processing_logs(db, FILE)

    update_step_status(db, FILE, plan.HASH_FILE, "success")

    assert get_processing_logs(db, FILE) == before


def test_a_skipped_step_says_why(db: Ledger) -> None:
    update_step_status(db, FILE, plan.EXTRACT_TEXT, "skipped", message="Its pages are pictures.")

    row = get_file_step_status(db, FILE)[plan.EXTRACT_TEXT]
    assert (row["status"], row["message"], row["started_at"]) == ("skipped", "Its pages are pictures.", None)
    assert told(db, plan.EXTRACT_TEXT) == [("skipped", "Its pages are pictures.")]


def test_a_step_that_nobody_declared_joins_with_its_first_report(db: Ledger) -> None:
    update_step_status(db, FILE, "rotate_pages", "in_progress")

    assert statuses(db)["rotate_pages"] == "in_progress"


def test_the_log_tells_everything_in_order_with_the_file_and_its_times(db: Ledger) -> None:
    do(db, plan.HASH_FILE)
    update_step_status(db, FILE, plan.CHECK_TEXT, "in_progress", detail={"pages": 3})

    logs = get_processing_logs(db, FILE)

    assert [entry["id"] for entry in logs] == list(range(1, len(logs) + 1))
    told = [entry["event"] for entry in logs]
    assert told == ["created", "started", "step_started", "step_succeeded", "step_started"]
    assert {entry["file_id"] for entry in logs} == {FILE}
    assert {entry["task_id"] for entry in logs} == {db.job(FILE)["id"]}
    assert logs[-1]["detail"] == {"pages": 3}
    times = [entry["timestamp"] for entry in logs]
    assert times == sorted(times)


def test_a_status_or_a_way_back_that_does_not_exist_is_refused_and_changes_nothing(db: Ledger) -> None:
    update_step_status(db, FILE, plan.HASH_FILE, "pending")  # it is
    do(db, plan.HASH_FILE)
    before = db.job(FILE), get_processing_logs(db, FILE)

    with pytest.raises(UnknownStatus, match="one of pending, in_progress, success, failure, skipped, not 'done'"):
        update_step_status(db, FILE, plan.HASH_FILE, "done")
    with pytest.raises(NeverPendingAgain, match="hash_file is success and cannot be pending again"):
        update_step_status(db, FILE, plan.HASH_FILE, "pending")

    assert (db.job(FILE), get_processing_logs(db, FILE)) == before


@pytest.mark.parametrize("file_id", ["nobody", "", "0" * 300, "a\nb", 12])
def test_a_file_that_nobody_brought_is_unknown_to_every_function(db: Ledger, file_id: str | int) -> None:
    asks: list[Any] = [get_file_step_status, get_file_overall_status, get_step_summary, get_processing_logs]
    for ask in asks:
        with pytest.raises(UnknownFile):
            ask(db, file_id)
    with pytest.raises(UnknownFile):
        update_step_status(db, file_id, plan.HASH_FILE, "in_progress")
    with pytest.raises(UnknownFile):
        add_upload_steps(db, file_id, ["s3"])


def test_a_store_that_is_closed_and_opened_again_has_it_all(either_store: str, db: Ledger) -> None:
    do(db, *plan.MAIN_STEPS[:3])
    before = get_file_step_status(db, FILE), get_processing_logs(db, FILE)
    db.leave(FILE)
    db.reporter.close()

    with headway.connect(either_store) as reporter, Ledger(reporter) as again:
        assert get_file_step_status(again, FILE) == before[0]
        assert get_processing_logs(again, FILE)[: len(before[1])] == before[1]
        do(again, plan.EXTRACT_TEXT)
        assert statuses(again)[plan.EXTRACT_TEXT] == "success"
