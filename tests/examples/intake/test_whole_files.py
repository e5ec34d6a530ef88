"""A file as a whole, on both databases: its uploads, its summary, its end, and what may still be told after that."""

from __future__ import annotations

import pytest

import headway
from examples.intake import plan
from examples.intake.ledger import Ledger
from examples.intake.progress import (
    add_upload_steps,
    get_file_overall_status,
    get_file_step_status,
    get_processing_logs,
    get_step_summary,
    initialize_file_steps,
    update_step_status,
)
from tests.examples.intake.steps import FILE, do, statuses


def test_destinations_join_when_they_are_known_and_only_once(db: Ledger) -> None:
    update_step_status(db, FILE, plan.SEND_TO_ALL, "in_progress")
    add_upload_steps(db, FILE, ["dropbox", "s3"])
    update_step_status(db, FILE, "queue_dropbox", "success")
    add_upload_steps(db, FILE, ["dropbox", "nextcloud"])

    assert list(statuses(db))[8:] == [
        "queue_dropbox",
        "upload_to_dropbox",
        "queue_s3",
        "upload_to_s3",
        "queue_nextcloud",
        "upload_to_nextcloud",
    ]
    assert statuses(db)["queue_dropbox"] == "success"
    assert {step["group"] for step in db.job(FILE)["steps"][8:]} == {"uploads"}
    assert get_file_overall_status(db, FILE)["total_steps"] == 14


def test_the_summary_counts_main_steps_and_uploads_apart(db: Ledger) -> None:
    assert get_step_summary(db, FILE) == {"main": {"pending": 8}, "uploads": {}}
    names = ["dropbox", "s3", "nextcloud", "folder", "archive", "team"]
    update_step_status(db, FILE, plan.HASH_FILE, "in_progress")
    add_upload_steps(db, FILE, names)
    for name in names:
        update_step_status(db, FILE, plan.queue_step(name), "success")
    for name in names[:2]:
        update_step_status(db, FILE, plan.upload_step(name), "success")
    do(db, *plan.MAIN_STEPS[1:4])

    summary = get_step_summary(db, FILE)

    assert summary == {
        "main": {"success": 3, "in_progress": 1, "pending": 4},
        "uploads": {"success": 2, "queued": 4},
    }
    assert summary["uploads"]["failure"] == 0, "what is not there counts 0"


@pytest.mark.parametrize(
    ("queue", "upload", "counted"),
    [
        ("pending", "pending", "pending"),
        ("in_progress", "pending", "pending"),
        ("success", "pending", "queued"),
        ("failure", "pending", "failure"),
        ("success", "in_progress", "in_progress"),
        ("success", "success", "success"),
        ("success", "failure", "failure"),
        ("success", "skipped", "skipped"),
    ],
)
def test_an_upload_is_queued_once_it_stands_in_the_line_and_nothing_else_is(
    ledger: Ledger, queue: str, upload: str, counted: str
) -> None:
    initialize_file_steps(ledger, FILE)
    add_upload_steps(ledger, FILE, ["s3"])
    update_step_status(ledger, FILE, "queue_s3", queue)
    update_step_status(ledger, FILE, "upload_to_s3", upload)

    assert get_step_summary(ledger, FILE)["uploads"] == {counted: 1}


def test_between_two_steps_a_file_is_processing_and_not_pending(db: Ledger) -> None:
    do(db, plan.HASH_FILE)

    assert get_file_overall_status(db, FILE)["status"] == "processing"


def test_the_last_step_ends_the_file(db: Ledger) -> None:
    do(db, *plan.MAIN_STEPS[:-1])
    update_step_status(db, FILE, plan.SEND_TO_ALL, "in_progress")
    add_upload_steps(db, FILE, ["s3", "team"])
    update_step_status(db, FILE, plan.SEND_TO_ALL, "success")
    do(db, "queue_s3", "queue_team", "upload_to_s3")
    assert get_file_overall_status(db, FILE)["status"] == "processing"

    do(db, "upload_to_team")

    overall = get_file_overall_status(db, FILE)
    assert (overall["status"], overall["has_errors"], overall["completed_steps"]) == ("completed", False, 12)
    job = db.job(FILE)
    assert (job["status"], job["progress"]["percent"]) == ("succeeded", 100.0)
    assert job["result"] == {"sent_to": ["s3", "team"]}


def test_one_destination_that_fails_leaves_the_others_and_is_told(db: Ledger) -> None:
    do(db, *plan.MAIN_STEPS[:-1])
    update_step_status(db, FILE, plan.SEND_TO_ALL, "in_progress")
    add_upload_steps(db, FILE, ["s3", "team"])
    do(db, "queue_s3", "queue_team")
    update_step_status(db, FILE, plan.SEND_TO_ALL, "success")
    update_step_status(db, FILE, "upload_to_team", "failure", error_message="The folder is full.")
    overall = get_file_overall_status(db, FILE)
    assert (overall["status"], overall["has_errors"]) == ("processing", True)

    do(db, "upload_to_s3")

    overall = get_file_overall_status(db, FILE)
    assert (overall["status"], overall["has_errors"], overall["failed_steps"]) == ("failed", True, 1)
    assert statuses(db)["upload_to_s3"] == "success"
    assert db.job(FILE)["error"] == "Not sent to team: The folder is full."


def test_a_retry_of_a_file_that_has_ended_keeps_what_succeeded_and_what_was_skipped(db: Ledger) -> None:
    do(db, *plan.MAIN_STEPS[:3])
    update_step_status(db, FILE, plan.EXTRACT_TEXT, "skipped", message="Its pages are pictures.")
    do(db, *plan.MAIN_STEPS[4:-1])
    update_step_status(db, FILE, plan.SEND_TO_ALL, "in_progress")
    add_upload_steps(db, FILE, ["team"])
    do(db, "queue_team")
    update_step_status(db, FILE, plan.SEND_TO_ALL, "success")
    update_step_status(db, FILE, "upload_to_team", "failure", error_message="The folder is full.")
    assert get_file_overall_status(db, FILE)["status"] == "failed"
    before = get_processing_logs(db, FILE)

    update_step_status(db, FILE, "upload_to_team", "in_progress")
    again = statuses(db)
    update_step_status(db, FILE, "upload_to_team", "success")

    assert again["upload_to_team"] == "in_progress"
    assert again[plan.EXTRACT_TEXT] == "skipped"
    assert set(again.values()) == {"success", "skipped", "in_progress"}
    assert get_file_overall_status(db, FILE)["status"] == "completed"
    logs = get_processing_logs(db, FILE)
    assert logs[: len(before)] == before, "nothing is taken out of the log"
    assert get_file_step_status(db, FILE)["upload_to_team"]["attempt"] == 2


def test_who_works_in_the_background_does_not_go_on_with_what_was_stopped(db: Ledger) -> None:
    do(db, plan.HASH_FILE)
    background = Ledger(db.reporter, reopens=False)
    update_step_status(background, FILE, plan.CHECK_TEXT, "in_progress")
    db.part(FILE).acknowledge_cancel()
    before = get_processing_logs(db, FILE)

    for step in (plan.CHECK_TEXT, plan.EXTRACT_TEXT):
        with pytest.raises(headway.IllegalTransition, match="has ended"):
            update_step_status(background, FILE, step, "in_progress")
        with pytest.raises(headway.IllegalTransition):
            update_step_status(background, FILE, step, "success")

    assert get_processing_logs(db, FILE) == before
    assert get_file_overall_status(db, FILE)["status"] == "failed"


def test_two_workers_report_on_one_file_and_either_may_end_it(either_store: str, db: Ledger) -> None:
    do(db, *plan.MAIN_STEPS[:-1])
    update_step_status(db, FILE, plan.SEND_TO_ALL, "in_progress")
    add_upload_steps(db, FILE, ["s3", "team"])
    do(db, "queue_s3", "queue_team")
    update_step_status(db, FILE, plan.SEND_TO_ALL, "success")

    with headway.connect(either_store) as one, headway.connect(either_store) as other:
        first, second = Ledger(one), Ledger(other)
        update_step_status(first, FILE, "upload_to_s3", "in_progress")
        update_step_status(second, FILE, "upload_to_team", "in_progress")
        assert get_file_overall_status(db, FILE)["in_progress_steps"] == 2
        update_step_status(first, FILE, "upload_to_s3", "success")
        update_step_status(second, FILE, "upload_to_team", "success")

    assert get_file_overall_status(db, FILE)["status"] == "completed"
    assert db.job(FILE)["attempt"] == 1, "they were two of one attempt"
