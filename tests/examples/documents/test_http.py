"""The room over real HTTP: what goes in, what comes out, and what a watcher hears on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from examples.documents import plan
from examples.documents.app import PAGE
from examples.house import papers
from tests.examples.documents.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.examples.documents.serving import Room


def test_a_pdf_goes_in_and_its_text_and_thumbnail_come_out(room: Room) -> None:
    answer = room.bring(papers.printed("Mooring Plan", 3), "mooring plan.pdf")

    assert answer.status_code == 202
    document = answer.headers["Location"]
    assert document == f"/documents/{answer.json()['document_id']}"
    job = room.ended(answer.json()["job_id"])
    assert job["status"] == "succeeded"
    assert job["subject"] == f"document:{answer.json()['document_id']}"
    assert job["labels"] == {"file": "mooring plan.pdf"}

    card = room.client.get(f"/api{document}").json()
    assert (card["name"], card["outcome"]["pages"]) == ("mooring plan.pdf", 3)
    whole = room.client.get(f"{document}/text")
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    second = room.client.get(f"{document}/text?page=2").text
    assert whole.text.split("\f")[1] == second
    picture = room.client.get(f"{document}/thumbnail.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_a_watcher_hears_every_step_and_a_percent_that_never_goes_back(room: Room) -> None:
    job_id = room.bring(papers.printed("The Long Log", 300)).json()["job_id"]

    frames = list(room.frames(f"/headway/v1/jobs/{job_id}/events"))

    percents, steps = [], []
    for name, content in frames:
        if name in ("snapshot", "state"):
            percents.append(content["progress"]["percent"])
        if name == "event":
            assert {"status", "step", "percent", "message"} <= content["job"].keys()
            assert content["job_id"] == job_id
            assert content["at"]
            percents.append(content["job"]["percent"])
    assert percents == sorted(percents)
    assert percents[-1] == 100.0
    history = room.client.get(f"/headway/v1/jobs/{job_id}/history").json()["items"]
    steps = [event["step"] for event in history if event["type"] == "step_started"]
    assert steps == [name for name, _weight in plan.STEPS], "the history keeps what the job has cleared"
    assert room.job(job_id)["step"] is None


def test_at_most_two_documents_are_read_at_once(room: Room) -> None:
    content = papers.printed("One of Many", 40)
    jobs = [room.bring(content).json()["job_id"] for _ in range(6)]

    ended = [room.ended(job_id) for job_id in jobs]

    assert {job["status"] for job in ended} == {"succeeded"}
    moments = sorted([(job["started_at"], 1) for job in ended] + [(job["finished_at"], -1) for job in ended])
    running = most = 0
    for _moment, change in moments:
        running += change
        most = max(most, running)
    assert most <= 2


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (papers.sealed, "locked with a password"),
        (papers.torn, "damaged and cannot be opened"),
        (papers.without_pages, "not a single page"),
        (lambda: papers.with_a_missing_page(5, 3), "Page 3 of 5 cannot be read"),
    ],
    ids=["locked", "torn", "without pages", "page missing"],
)
def test_a_document_that_cannot_be_read_fails_with_its_sentence(
    room: Room, make: Callable[[], bytes], sentence: str
) -> None:
    answer = room.bring(make())
    assert answer.status_code == 202, "only reading it shows what is wrong with it"

    job = room.ended(answer.json()["job_id"])

    assert job["status"] == "failed"
    assert sentence in job["error"]
    document = answer.headers["Location"]
    for missing in ("/text", "/text?page=1", "/thumbnail.png"):
        assert room.client.get(document + missing).status_code == 404


def test_a_document_can_be_stopped_and_tried_again(room: Room) -> None:
    answer = room.bring(papers.printed("The Harbour Log", 3000))
    job_id, address = answer.json()["job_id"], f"/api{answer.headers['Location']}"
    room.running(job_id, plan.EXTRACTING_TEXT)

    assert room.client.post(f"{address}/stop").status_code == 202
    assert room.ended(job_id)["status"] == "cancelled"
    again = room.client.post(f"{address}/stop")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-now")

    assert room.client.post(f"{address}/try-again").status_code == 202
    job = room.running(job_id, plan.EXTRACTING_TEXT)
    assert job["attempt"] == 2
    room.client.post(f"{address}/stop")
    room.ended(job_id)


def test_a_worker_that_dies_fails_its_document_and_nobody_elses(room: Room) -> None:
    job_id = room.bring(papers.printed("The Harbour Log", 3000)).json()["job_id"]
    room.running(job_id, plan.EXTRACTING_TEXT)

    for worker in room.workers():
        worker.kill()

    job = room.ended(job_id)
    assert job["status"] == "failed"
    assert job["error"] == "The PDF reader broke down on this file, so nothing could be read from it."
    after = room.bring(papers.printed("Mooring Plan", 1)).json()["job_id"]
    assert room.ended(after)["status"] == "succeeded"


@pytest.mark.parametrize("what", ["", "/text", "/text?page=1", "/thumbnail.png"])
@pytest.mark.parametrize("document_id", ["a" * 32, "nobody", "%2e%2e", "..%2f..%2fetc", "%00", "🌊"])
def test_an_unknown_document_is_the_same_404_everywhere(room: Room, document_id: str, what: str) -> None:
    answer = room.client.get(f"/documents/{document_id}{what}")

    assert answer.status_code == 404
    if what:
        assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("page", ["0", "2", "999999999"])
def test_a_page_that_is_not_there_is_not_found(room: Room, page: str) -> None:
    answer = room.bring(papers.printed("Mooring Plan", 1))
    room.ended(answer.json()["job_id"])

    missing = room.client.get(f"{answer.headers['Location']}/text", params={"page": page})
    assert missing.status_code == 404


@pytest.mark.parametrize("page", ["", "one", "-1", "1.5", "٣", "9" * 40, "\x00"])
def test_a_page_that_is_no_number_is_refused_by_name(room: Room, page: str) -> None:
    answer = room.bring(papers.printed("Mooring Plan", 1))

    refused = room.client.get(f"{answer.headers['Location']}/text", params={"page": page})
    assert refused.status_code == 400
    assert refused.json()["detail"].startswith("page: must be a whole number")


def test_pages_run_nothing_but_their_own_files(room: Room) -> None:
    for address in ("/", "/documents/nobody"):
        policy = room.client.get(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    for page in PAGE.glob("*.html"):
        markup = page.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?://", markup), page.name


def test_what_is_read_while_the_room_is_killed_goes_on_after_its_start(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    with served(folder) as room:
        answer = room.bring(papers.printed("The Harbour Log", 1000))
        job_id = answer.json()["job_id"]
        before = room.running(job_id, plan.EXTRACTING_TEXT)
        waiting = [room.bring(papers.printed("Mooring Plan", 1)).json()["job_id"] for _ in range(2)]
        room.kill()

    with served(folder) as room:
        job = room.ended(job_id)
        assert (job["status"], job["attempt"]) == ("succeeded", before["attempt"] + 1)
        assert [room.ended(other)["status"] for other in waiting] == ["succeeded", "succeeded"]
        assert room.client.get(f"{answer.headers['Location']}/text?page=1000").status_code == 200


def test_ctrl_c_ends_it_at_once_with_open_streams_and_work_under_way(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with served(tmp_path_factory.mktemp("stopped")) as room:
        job_id = room.bring(papers.printed("The Harbour Log", 3000)).json()["job_id"]
        room.running(job_id, plan.EXTRACTING_TEXT)
        workers = room.workers()
        with room.client.stream("GET", "/headway/v1/events?kind=document") as stream:
            next(stream.iter_lines())
            assert room.stop() in (0, 130)
        assert not [worker for worker in workers if worker.is_running()]
