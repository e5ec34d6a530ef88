"""Sending by two worker processes: tries that are told, a worker and a program that are killed, and nothing doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import headway
from examples.house import papers
from examples.intake import plan
from tests.examples.intake.places import PASSWORD, USER, Dav
from tests.examples.intake.serving import served
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.examples.intake.serving import Intake

BEGUN, OVER, FAULT = "in_progress", "success", "failure"
AWAY = "It cannot be reached, or takes nothing just now."


@pytest.fixture(scope="module")
def settings(dav: Dav, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Three destinations, two of which a test can shut, and three tries."""
    who = f"{USER}:{PASSWORD}"
    folder = (tmp_path_factory.mktemp("places") / "folder").as_uri()
    places = f"folder={folder} team={dav.at(who, 'team')} other={dav.at(who, 'other')}"
    return {"INTAKE_DESTINATIONS": places, "INTAKE_WAITS_S": "1 0.1"}


@pytest.fixture(scope="module")
def intake(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    with served(tmp_path_factory.mktemp("intake"), settings=settings) as intake:
        yield intake


def arrived(dav: Dav, file_id: str) -> list[str]:
    """The folders in which a file is."""
    return sorted(path.partition("/")[0] for path in dav.files() if path.endswith(f"{file_id[:8]}.pdf"))


def test_a_destination_that_fails_twice_and_then_works(intake: Intake, dav: Dav) -> None:
    dav.gates["team"].refuses = 2
    file_id = intake.bring(papers.printed("Twice Refused", 1))

    intake.seen(file_id, "upload_to_team", FAULT)
    intake.seen(file_id, "queue_team", BEGUN)
    intake.seen(file_id, "upload_to_other", OVER)
    file = intake.file(file_id)
    rows = {row["step_name"]: row for row in file["steps"]}
    assert rows["queue_team"]["message"] == "Waits 1 s for try 2 of 3"
    assert (rows["upload_to_team"]["status"], rows["upload_to_team"]["error_message"]) == (FAULT, AWAY)
    assert (file["overall"]["status"], file["overall"]["has_errors"]) == ("processing", True)

    file = intake.ended(file_id)
    assert (file["overall"]["status"], file["overall"]["has_errors"]) == ("completed", False)
    assert intake.told(file_id, "upload_to_team") == [BEGUN, FAULT, BEGUN, FAULT, BEGUN, OVER]
    assert intake.told(file_id, "queue_team") == [BEGUN, OVER] * 3
    assert intake.told(file_id, "upload_to_other") == [BEGUN, OVER]
    tries = [entry["message"] for entry in intake.logs(file_id) if entry["step_name"] == "upload_to_team"]
    assert tries[::2] == [None, "Try 2 of 3", "Try 3 of 3"]
    steps = [entry["step_name"] for entry in intake.logs(file_id) if entry["status"]]
    assert steps[: steps.index("upload_to_team")].count(plan.SEND_TO_ALL) == 2, "a try that fails is not the last step"
    assert arrived(dav, file_id) == ["other", "team"]


def test_while_nothing_is_left_but_a_wait_the_job_waits_and_says_until_when(intake: Intake, dav: Dav) -> None:
    dav.gates["team"].refuses = 1
    file_id = intake.bring(papers.printed("Once Refused", 1))
    job_id = intake.file(file_id)["job_id"]

    def waits() -> bool:
        job = intake.client.get(f"/headway/v1/jobs/{job_id}").json()
        return bool(job["status"] == "waiting" and job["reason"] == "schedule" and job["due_at"])

    eventually(waits)
    assert intake.ended(file_id)["overall"]["status"] == "completed"
    events = [entry["event"] for entry in intake.logs(file_id)]
    assert events.index("paused") < events.index("resumed")


def test_a_destination_that_never_works_fails_alone_and_can_be_tried_again(intake: Intake, dav: Dav) -> None:
    dav.gates["team"].refuses = 3
    file_id = intake.bring(papers.printed("Never Taken", 1))

    file = intake.ended(file_id)
    statuses = intake.statuses(file_id)
    assert [name for name, status in statuses.items() if status != OVER] == ["upload_to_team"]
    assert (file["overall"]["status"], file["overall"]["has_errors"]) == ("failed", True)
    assert file["summary"] == {"main": {OVER: 8}, "uploads": {OVER: 2, FAULT: 1}}
    assert file["error_message"] == f"Not sent to team: {AWAY}"
    assert intake.told(file_id, "upload_to_team") == [BEGUN, FAULT] * 3
    assert arrived(dav, file_id) == ["other"]
    before = intake.logs(file_id)

    assert intake.client.post(f"/api/files/{file_id}/try-again").status_code == 202

    assert intake.ended(file_id)["overall"]["status"] == "completed"
    assert intake.logs(file_id)[: len(before)] == before
    assert intake.told(file_id, "upload_to_team") == [*[BEGUN, FAULT] * 3, BEGUN, OVER]
    assert intake.told(file_id, "upload_to_other") == [BEGUN, OVER], "what has arrived is not sent again"
    assert arrived(dav, file_id) == ["other", "team"]


def test_two_workers_report_on_the_same_file_at_the_same_time(intake: Intake, dav: Dav) -> None:
    for gate in (dav.gates["team"], dav.gates["other"]):
        gate.shut()
    file_id = intake.bring(papers.printed("Two at Once", 1))

    def both() -> bool:
        statuses = intake.statuses(file_id)
        return statuses.get("upload_to_team") == statuses.get("upload_to_other") == BEGUN

    eventually(both)
    assert intake.file(file_id)["overall"]["in_progress_steps"] == 2
    assert len(intake.workers()) == 3, "one files, two send"
    for gate in (dav.gates["team"], dav.gates["other"]):
        gate.open()

    assert intake.ended(file_id)["overall"]["status"] == "completed"
    assert {entry["attempt"] for entry in intake.logs(file_id)} <= {0, 1}, "both are of one attempt"


def test_an_upload_whose_worker_was_killed_is_done_again_and_nothing_is_doubled(intake: Intake, dav: Dav) -> None:
    dav.gates["team"].shut()
    file_id = intake.bring(papers.printed("Killed in the Middle", 1))
    intake.seen(file_id, "upload_to_team", BEGUN)
    intake.seen(file_id, "upload_to_other", OVER)

    for worker in intake.workers():
        worker.kill()
    intake.seen(file_id, "upload_to_team", FAULT)
    dav.gates["team"].open()

    assert intake.ended(file_id)["overall"]["status"] == "completed"
    assert intake.told(file_id, "upload_to_team") == [BEGUN, FAULT, BEGUN, OVER]
    faults = [entry["message"] for entry in intake.logs(file_id) if entry["status"] == FAULT]
    assert faults == ["The worker that sent it broke down."]
    assert intake.told(file_id, "upload_to_other") == [BEGUN, OVER]
    assert arrived(dav, file_id) == ["other", "team"]


def test_a_program_that_was_killed_goes_on_where_it_was(settings: dict[str, str], dav: Dav, tmp_path: Path) -> None:
    dav.gates["team"].shut()
    with served(tmp_path, settings=settings) as intake:
        sending = intake.bring(papers.printed("Half Sent", 1))
        intake.seen(sending, "upload_to_team", BEGUN)
        intake.seen(sending, "upload_to_other", OVER)
        reading = intake.bring(papers.printed("A Long Log", 300))
        waiting = intake.bring(papers.printed("Behind It", 1))
        intake.seen(reading, plan.EXTRACT_TEXT, BEGUN)
        before = intake.logs(sending)
        intake.kill()
    dav.gates["team"].open()

    with served(tmp_path, settings=settings) as intake:
        for file_id in (sending, reading, waiting):
            assert intake.ended(file_id)["overall"]["status"] == "completed"
            assert intake.told(file_id, plan.HASH_FILE) == [BEGUN, OVER], "what was done is not done again"
            assert arrived(dav, file_id) == ["other", "team"]
        assert intake.logs(sending)[: len(before)] == before
        assert intake.told(sending, "upload_to_other") == [BEGUN, OVER]
        assert intake.told(sending, "upload_to_team") == [BEGUN, FAULT, BEGUN, OVER]
        assert intake.told(reading, plan.EXTRACT_TEXT) == [BEGUN, FAULT, BEGUN, OVER]
        assert max(entry["attempt"] for entry in intake.logs(sending)) == 2
        assert max(entry["attempt"] for entry in intake.logs(waiting)) == 1
        assert len(intake.client.get("/api/files").json()["files"]) == 3


def test_a_file_that_somebody_stops_is_stopped_also_by_the_next_program(
    settings: dict[str, str], dav: Dav, tmp_path: Path
) -> None:
    dav.gates["team"].refuses = 1
    patient = settings | {"INTAKE_WAITS_S": "3600"}
    with headway.connect(f"sqlite:///{tmp_path}/headway.db") as operator:
        with served(tmp_path, settings=patient) as intake:
            here = intake.bring(papers.printed("Stopped while It Waits", 1))
            intake.seen(here, "upload_to_team", FAULT)
            operator.cancel(intake.file(here)["job_id"])
            assert intake.ended(here)["overall"]["status"] == "failed"
            assert intake.logs(here)[-1]["event"] == "cancelled"

            dav.gates["team"].shut()
            still = intake.bring(papers.printed("Stopped and Killed", 1))
            intake.seen(still, "upload_to_team", BEGUN)
            operator.cancel(intake.file(still)["job_id"])
            intake.kill()
        dav.gates["team"].open()

        with served(tmp_path, settings=settings) as intake:
            assert intake.ended(still)["overall"]["status"] == "failed"
            assert intake.logs(still)[-1]["event"] == "cancelled"


def test_a_reader_that_breaks_down_fails_its_file_and_no_other(intake: Intake) -> None:
    reading = intake.bring(papers.printed("A Log that Breaks the Reader", 300))
    behind = intake.bring(papers.printed("The Next in the Line", 1))
    intake.seen(reading, plan.EXTRACT_TEXT, BEGUN)

    for worker in intake.workers():
        worker.kill()

    file = intake.ended(reading)
    assert file["error_message"] == "The PDF reader broke down on this file, so nothing could be read from it."
    assert intake.statuses(reading)[plan.EXTRACT_TEXT] == FAULT
    assert intake.ended(behind)["overall"]["status"] == "completed"
