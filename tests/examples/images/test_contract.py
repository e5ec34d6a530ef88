"""The contract over real HTTP: every status, field and code, from the upload to the end."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.examples.images.puppets import DONE
from tests.examples.images.serving import Session
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.examples.images.puppets import GatedStorage, Puppet
    from tests.examples.images.serving import Studio

FIELDS = {"success", "status", "stage", "progress", "resultId", "updatedAt"}


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The contract is the same whatever keeps the jobs."""
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jobs.db"
    return str(request.getfixturevalue("database"))


def test_an_upload_is_answered_with_its_job_and_its_session(studio: Studio, drawing: bytes) -> None:
    answer = studio.client.post("/api/uploads", files={"image": ("x.jpg", drawing, "image/jpeg")})

    assert answer.status_code == 202
    body = answer.json()
    assert body.keys() == {"success", "jobId", "sessionToken"}
    assert body["success"] is True
    assert str(uuid.UUID(body["jobId"])) == body["jobId"]
    assert len(body["sessionToken"]) >= 40


def test_before_its_first_stage_a_job_is_pending_without_a_stage(studio: Studio, drawing: bytes) -> None:
    studio.bring(drawing)  # holds the only worker
    waiting = studio.bring(drawing)

    status = studio.status(waiting)

    assert status.pop("updatedAt")
    assert status == {"success": True, "status": "pending", "stage": None, "progress": 0, "resultId": None}


def test_every_stage_shows_its_percent_and_updated_at_moves_with_it(
    studio: Studio, puppet: Puppet, gated: GatedStorage, drawing: bytes
) -> None:
    gates = [gated.shut("get uploads"), gated.shut("put results"), gated.shut("put previews")]
    session = studio.bring(drawing)

    seen = [studio.seen(session, stage="validating", progress=10)]
    gates[0].set()
    seen.append(studio.seen(session, stage="generating", progress=30))
    for fraction, percent in ((0.25, 40), (0.5, 50), (0.999, 69), (1.0, 70)):
        puppet.orders.put(fraction)
        seen.append(studio.seen(session, stage="generating", progress=percent))
    puppet.orders.put(DONE)
    seen.append(studio.seen(session, stage="storing", progress=80))
    gates[1].set()
    seen.append(studio.seen(session, stage="watermarking", progress=90))
    gates[2].set()
    last = studio.seen(session, stage="complete", progress=100)

    for status in seen:
        assert status.keys() == FIELDS
        assert (status["success"], status["status"], status["resultId"]) == (True, "processing", None)
        assert type(status["progress"]) is int
    assert last.keys() == FIELDS
    assert last["status"] == "completed"
    assert isinstance(last["resultId"], str)
    moments = [datetime.fromisoformat(status["updatedAt"]) for status in (*seen, last)]
    assert all(one < other for one, other in itertools.pairwise(moments))


def test_progress_never_goes_back_whatever_the_generator_says(studio: Studio, puppet: Puppet, drawing: bytes) -> None:
    session = studio.bring(drawing)
    puppet.orders.put(0.5)
    studio.seen(session, progress=50)

    for fraction in (0.1, -3.0, float("nan")):
        puppet.orders.put(fraction)
    puppet.orders.put(0.6)

    def polled() -> bool:
        percent = studio.status(session)["progress"]
        assert percent >= 50
        return bool(percent == 54)

    assert eventually(polled)
    puppet.orders.put(17.0)
    assert studio.seen(session, progress=70)["stage"] == "generating"


def test_the_result_has_a_preview_and_nothing_else_has(
    studio: Studio, puppet: Puppet, gated: GatedStorage, drawing: bytes
) -> None:
    session = studio.bring(drawing)
    puppet.orders.put(DONE)
    result_id = studio.seen(session, status="completed")["resultId"]

    preview = studio.client.get(f"/api/results/{result_id}/preview.jpg")

    assert preview.headers["content-type"] == "image/jpeg"
    assert preview.content.startswith(b"\xff\xd8\xff")
    assert gated.keys == {f"uploads/{session.job_id}", f"results/{result_id}.png", f"previews/{result_id}.jpg"}
    for unknown in ("nothing", session.job_id, "%2e%2e", "..%2f..%2fjobs.db"):
        missing = studio.client.get(f"/api/results/{unknown}/preview.jpg")
        assert (missing.status_code, missing.json()) == (404, {"success": False, "error": {"code": "NOT_FOUND"}})


@pytest.mark.parametrize("percent", [30, 50, 70])
def test_a_failure_keeps_the_last_percent(studio: Studio, puppet: Puppet, drawing: bytes, percent: int) -> None:
    session = studio.bring(drawing)
    puppet.orders.put((percent - 30) / 40)
    studio.seen(session, progress=percent)
    puppet.orders.put(RuntimeError("key=geheim at 0x7f"))

    status = studio.seen(session, status="failed")

    assert status.keys() == FIELDS | {"errorMessage"}
    assert (status["success"], status["stage"], status["progress"]) == (True, "failed", percent)
    assert status["resultId"] is None
    assert status["errorMessage"].startswith("Something went wrong on our side")
    assert "geheim" not in studio.poll(session).text


def test_a_job_that_is_stopped_says_so(studio: Studio, puppet: Puppet, drawing: bytes) -> None:
    session = studio.bring(drawing)
    puppet.orders.put(0.5)
    studio.seen(session, progress=50)
    studio.room.reporter.cancel(session.job_id)

    def stopped() -> bool:
        puppet.orders.put(0.6)
        return bool(studio.status(session)["status"] == "failed")

    assert eventually(stopped)
    status = studio.status(session)
    assert (status["stage"], status["errorMessage"]) == ("failed", "This picture was stopped before it was ready.")
    assert status["progress"] >= 50


def test_without_the_right_token_nobody_is_told_anything(studio: Studio, drawing: bytes) -> None:
    mine, others = studio.bring(drawing), studio.bring(drawing)
    address = f"/api/status/{mine.job_id}"

    for headers in ({}, {"X-Session-Token": ""}, {"X-Session-Token": others.token}, {"X-Session-Token": mine.job_id}):
        answer = studio.client.get(address, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"success": False, "error": {"code": "UNAUTHORIZED"}})
    odd = studio.client.get(address, headers={b"X-Session-Token": "töken".encode()})
    assert odd.status_code == 401


@pytest.mark.parametrize("unknown", ["01930f6e-0000-7000-8000-000000000000", "nobody", "%00", "🌊", "-", "a" * 400])
def test_an_unknown_job_is_not_found(studio: Studio, drawing: bytes, unknown: str) -> None:
    answer = studio.poll(Session(unknown, studio.bring(drawing).token))

    assert (answer.status_code, answer.json()) == (404, {"success": False, "error": {"code": "NOT_FOUND"}})


def test_a_request_that_is_no_upload_is_refused_and_makes_no_job(studio: Studio, gated: GatedStorage) -> None:
    post = studio.client.post

    answers = {
        (415, "NOT_A_FORM"): post("/api/uploads", content=b"\xff\xd8\xff"),
        (400, "NO_IMAGE"): post("/api/uploads", files={"file": ("x.jpg", b"x")}),
        (413, "TOO_LARGE"): post("/api/uploads", files={"image": ("x.jpg", bytes(700_000))}),
        (405, "METHOD_NOT_ALLOWED"): studio.client.get("/api/uploads"),
        (404, "NOT_FOUND"): studio.client.get("/api/nothing"),
    }

    for (status, code), answer in answers.items():
        assert (answer.status_code, answer.json()) == (status, {"success": False, "error": {"code": code}})
    broken = post("/api/uploads", content=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert 400 <= broken.status_code < 500
    assert studio.room.reporter.jobs() == []
    assert gated.keys == set()
