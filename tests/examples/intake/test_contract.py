"""The contract over real HTTP, with real files: every route, field, status and refusal."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

from examples.house import papers
from examples.intake import plan
from tests.examples.intake.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.examples.intake.serving import Intake

UPLOADS = ("queue_archive", "upload_to_archive", "queue_bookkeeping", "upload_to_bookkeeping")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("intake")


@pytest.fixture(scope="module")
def intake(folder: Path) -> Iterator[Intake]:
    with served(folder) as intake:
        yield intake


@pytest.fixture(scope="module")
def filed(intake: Intake) -> str:
    """A file with text that went its whole way."""
    file_id = intake.bring(papers.printed("Harbour Dues for the Spring Quarter", 3), "dues.pdf")
    intake.ended(file_id)
    return file_id


def sent(folder: Path, file_id: str) -> dict[str, bytes]:
    """What has arrived of a file, by destination."""
    places = (folder / "intake" / "sent").glob(f"*/*{file_id[:8]}.pdf")
    return {place.parent.name: place.read_bytes() for place in places}


def test_a_file_goes_through_all_steps_and_reaches_every_destination(intake: Intake, folder: Path, filed: str) -> None:
    file = intake.file(filed)

    assert [row["step_name"] for row in file["steps"]] == [*plan.MAIN_STEPS, *UPLOADS]
    assert {row["status"] for row in file["steps"]} == {"success"}
    assert {row["group"] for row in file["steps"][8:]} == {"uploads"}
    assert (file["overall"]["status"], file["overall"]["has_errors"]) == ("completed", False)
    assert file["summary"] == {"main": {"success": 8}, "uploads": {"success": 2}}
    assert sorted(sent(folder, filed)) == ["archive", "bookkeeping"]
    assert set(sent(folder, filed).values()) == {intake.client.get(f"/files/{filed}/filed.pdf").content}


def test_the_table_has_a_row_per_step_with_its_times(intake: Intake, filed: str) -> None:
    for row in intake.file(filed)["steps"]:
        assert row.keys() == {
            "step_name",
            "group",
            "status",
            "started_at",
            "completed_at",
            "error_message",
            "message",
            "attempt",
        }
        assert datetime.fromisoformat(row["started_at"]) <= datetime.fromisoformat(row["completed_at"])
        assert row["error_message"] is None


def test_status_and_summary_can_be_asked_for_by_themselves(intake: Intake, filed: str) -> None:
    file = intake.file(filed)

    assert intake.client.get(f"/api/files/{filed}/status").json() == file["overall"]
    assert intake.client.get(f"/api/files/{filed}/summary").json() == file["summary"]


def test_the_log_has_every_event_in_order(intake: Intake, filed: str) -> None:
    logs = intake.logs(filed)

    assert [entry["id"] for entry in logs] == list(range(1, len(logs) + 1))
    assert {entry["file_id"] for entry in logs} == {filed}
    for step in (*plan.MAIN_STEPS, *UPLOADS):
        assert intake.told(filed, step) == ["in_progress", "success"]
    known = [entry for entry in logs if entry["event"] == "steps_added"]
    assert len(known) == 1, "the destinations joined while it was running"
    running = next(entry for entry in logs if entry["step_name"] == plan.SEND_TO_ALL)
    assert known[0]["id"] > running["id"]


def test_what_was_found_is_embedded_in_the_document(intake: Intake, folder: Path, filed: str) -> None:
    record = intake.file(filed)["record"]

    with pikepdf.open(io.BytesIO(sent(folder, filed)["archive"])) as pdf:
        with pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == record["metadata"]["title"]
            assert set(xmp["dc:subject"]) == set(record["metadata"]["keywords"])
        assert str(pdf.docinfo["/Title"]) == record["metadata"]["title"]
        assert len(pdf.pages) == record["pages"] == 3
    assert record["filed_as"].endswith(f"-{filed[:8]}.pdf")
    assert "harbour-dues" in record["filed_as"]
    assert record["sha256"] == filed


def test_an_upload_is_answered_with_its_file_and_its_job(intake: Intake) -> None:
    answer = intake.post(papers.printed("A Fresh Letter", 1), "letter.pdf")

    assert answer.status_code == 202
    body = answer.json()
    assert body.keys() == {"file_id", "job_id", "known"}
    assert body["known"] is False
    assert answer.headers["Location"] == f"/files/{body['file_id']}"
    assert intake.file(body["file_id"])["job_id"] == body["job_id"]
    assert intake.file(body["file_id"])["name"] == "letter.pdf"


def test_a_file_that_is_known_is_found_and_not_filed_again(intake: Intake, filed: str) -> None:
    before = intake.logs(filed)

    answer = intake.post(papers.printed("Harbour Dues for the Spring Quarter", 3), "the same, renamed.pdf")

    assert (answer.status_code, answer.json()["known"]) == (200, True)
    assert answer.json()["file_id"] == filed
    assert answer.json()["job_id"] == intake.file(filed)["job_id"]
    assert intake.logs(filed) == before
    assert [file["file_id"] for file in intake.client.get("/api/files").json()["files"]].count(filed) == 1


def test_a_file_that_comes_six_times_at_once_has_one_job(intake: Intake) -> None:
    content = papers.printed("Six at Once", 1)

    with ThreadPoolExecutor(6) as people:
        answers = list(people.map(lambda number: intake.post(content, f"{number}.pdf"), range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    file_id = answers[0].json()["file_id"]
    intake.ended(file_id)
    assert intake.told(file_id, plan.HASH_FILE) == ["in_progress", "success"]


def test_the_list_tells_how_each_file_stands(intake: Intake, filed: str) -> None:
    files = {file["file_id"]: file for file in intake.client.get("/api/files").json()["files"]}

    assert files[filed]["overall"] == intake.file(filed)["overall"]
    assert files[filed]["summary"] == intake.file(filed)["summary"]
    assert files[filed]["name"] == "dues.pdf"


def test_a_scan_is_filed_without_text_and_says_so(intake: Intake, folder: Path) -> None:
    file_id = intake.bring(papers.scanned(2), "Letter from a keeper.pdf")

    file = intake.ended(file_id)

    assert file["overall"]["status"] == "completed"
    rows = {row["step_name"]: row for row in file["steps"]}
    assert rows[plan.CHECK_TEXT]["message"] == "There is no text: its 2 pages are pictures"
    assert rows[plan.EXTRACT_TEXT]["status"] == "skipped"
    assert rows[plan.EXTRACT_TEXT]["message"] == "There is no text to take out: its 2 pages are pictures"
    assert file["record"]["metadata"]["title"] == "Letter from a keeper", "its name is all that there is"
    assert len(sent(folder, file_id)) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (papers.sealed, "This PDF is locked with a password; save a copy without one and upload that."),
        (papers.torn, "This PDF is damaged and cannot be opened; export or download it again."),
        (papers.without_pages, "This PDF opens, but there is not a single page in it."),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_sentence_and_stops_there(
    intake: Intake, folder: Path, content: object, sentence: str
) -> None:
    assert callable(content)
    file_id = intake.bring(content())

    file = intake.ended(file_id)

    assert (file["overall"]["status"], file["overall"]["has_errors"]) == ("failed", True)
    assert file["error_message"] == sentence
    rows = {row["step_name"]: row for row in file["steps"]}
    assert (rows[plan.CHECK_TEXT]["status"], rows[plan.CHECK_TEXT]["error_message"]) == ("failure", sentence)
    assert [row["status"] for row in file["steps"]] == ["success", "success", "failure", *["pending"] * 5]
    assert intake.logs(file_id)[-1]["event"] == "failed"
    assert sent(folder, file_id) == {}
    not_filed = intake.client.get(f"/files/{file_id}/filed.pdf")
    assert (not_filed.status_code, not_filed.json()["type"]) == (404, "/problems/not-filed-yet")


def test_a_page_that_is_missing_fails_the_text_with_its_number(intake: Intake) -> None:
    file = intake.ended(intake.bring(papers.with_a_missing_page(5, missing=4)))

    assert file["error_message"] == (
        "Page 4 of 5 cannot be read, the PDF is damaged there; export or download it again."
    )


@pytest.mark.parametrize(
    ("content", "status", "kind", "sentence"),
    [
        (b"", 422, "empty-file", "This file is empty: it has no bytes at all."),
        (b"Dear keeper,\n", 415, "not-a-pdf", "This is not a PDF: it looks like plain text."),
        (b"\x89PNG\r\n\x1a\n", 415, "not-a-pdf", "This is not a PDF: it looks like a PNG picture."),
    ],
)
def test_what_is_no_pdf_is_refused_at_once(
    intake: Intake, content: bytes, status: int, kind: str, sentence: str
) -> None:
    before = len(intake.client.get("/api/files").json()["files"])

    answer = intake.post(content)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (answer.json()["type"], answer.json()["detail"]) == (f"/problems/{kind}", sentence)
    assert len(intake.client.get("/api/files").json()["files"]) == before


def test_what_is_too_large_is_refused_while_it_comes(intake: Intake) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n%PDF-1.7\n'
        for _ in range(101):
            yield bytes(1_000_000)

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = intake.client.post("/api/files", content=endless(), headers=form)

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert answer.json()["detail"] == "This file is too large: at most 100 MB can be taken."


@pytest.mark.parametrize("what", ["", "/status", "/summary", "/logs"])
@pytest.mark.parametrize("file_id", ["0" * 64, "nobody", "42", "%2e%2e", "..%2f..%2fetc", "%00", "🌊", "x" * 500])
def test_an_unknown_or_malformed_id_is_the_same_404_everywhere(intake: Intake, file_id: str, what: str) -> None:
    answer = intake.client.get(f"/api/files/{file_id}{what}")

    assert answer.status_code == 404
    assert answer.json()["status"] == 404
    assert "Traceback" not in answer.text


def test_requests_that_make_no_sense_are_refused(intake: Intake, filed: str) -> None:
    post = intake.client.post

    assert post("/api/files", json={"file": "x"}).status_code == 415
    assert post("/api/files", files={"other": ("x.pdf", b"%PDF-1.7")}).status_code == 400
    assert post("/api/files/nobody/try-again").status_code == 404
    assert post("/api/files/nobody/stop").status_code == 404
    foreign = {"Origin": "https://elsewhere.example"}
    for route in ("/api/files", "/api/samples", f"/api/files/{filed}/try-again", f"/api/files/{filed}/stop"):
        assert post(route, headers=foreign).status_code == 403
    assert intake.client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_a_file_that_failed_can_be_tried_again_and_goes_on_from_there(intake: Intake) -> None:
    file_id = intake.bring(papers.torn()[:-1000], "torn.pdf")
    intake.ended(file_id)

    assert intake.client.post(f"/api/files/{file_id}/try-again").status_code == 202
    file = intake.ended(file_id)

    assert file["overall"]["status"] == "failed"
    assert intake.told(file_id, plan.CHECK_TEXT) == ["in_progress", "failure", "in_progress", "failure"]
    assert intake.told(file_id, plan.HASH_FILE) == ["in_progress", "success"], "what was done is kept"
    assert max(entry["attempt"] for entry in intake.logs(file_id)) == 2


def test_the_samples_are_brought_by_one_request(tmp_path: Path) -> None:
    with served(tmp_path) as intake:
        answer = intake.client.post("/api/samples", headers={"Origin": intake.url})

    assert answer.status_code == 202
    jobs = answer.json()["jobs"]
    assert len(jobs) == 7
    assert jobs[0] == jobs[6], "one of them comes twice and is known"


def test_the_live_stream_of_headway_is_mounted_beside_it(intake: Intake, filed: str) -> None:
    job = intake.client.get(f"/headway/v1/jobs/{intake.file(filed)['job_id']}").json()

    assert (job["status"], job["subject"]) == ("succeeded", f"file:{filed}")
    assert {step["group"] for step in job["steps"]} == {"main", "uploads"}
