"""What the pages show in Python works, as it is printed."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import headway
from headway.reporting.default import default_reporter
from tests.docs.snippets import ran
from tests.waiting import eventually

IN_PYTHON = "docs/python.md · In Python · 1"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the module-level calls of the snippets go."""
    url = f"sqlite:///{tmp_path}/jobs.db"
    monkeypatch.setenv("HEADWAY_STORE", url)
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    before = default_reporter.replace(None)
    yield url
    if (used := default_reporter.replace(before)) is not None:
        used.close()


def the_job() -> dict[str, Any]:
    [job] = headway.jobs()
    return job


def do_nothing(*_: object) -> None:
    """What the reader's own functions do here."""


@pytest.mark.parametrize("place", ["README.md · In your program · 1", IN_PYTHON])
def test_a_job_of_three_steps(place: str) -> None:
    ran(place, find_pages=lambda: range(3), render=do_nothing, send=do_nothing)

    job = headway.get(the_job()["id"])
    assert (job["status"], job["progress"]["percent"], job["result"]) == ("succeeded", 100.0, {"pages": 3})
    assert [step["name"] for step in job["steps"]] == ["scan", "render", "mail"]
    assert job["steps"][1]["current"] == 3


def test_a_mount_in_fastapi(monkeypatch: pytest.MonkeyPatch) -> None:
    fastapi = ModuleType("fastapi")
    fastapi.__dict__["FastAPI"] = Starlette  # of which FastAPI is a subclass, and whose `mount` it has
    monkeypatch.setitem(sys.modules, "fastapi", fastapi)
    with headway.start("report"):
        client = TestClient(ran("README.md · In your program · 2").app)

        assert [job["kind"] for job in client.get("/headway/v1/jobs").json()["items"]] == ["report"]
        assert client.post("/headway/v1/jobs", json={"kind": "report"}).status_code == 403


def test_async_work() -> None:
    async def pages() -> AsyncIterator[int]:
        for page in range(3):
            yield page

    async def fetch(_: object) -> None:
        """The reader's own."""

    ran("docs/python.md · Async · 1", pages=pages(), fetch=fetch)

    job = headway.get(the_job()["id"])
    assert (job["status"], job["steps"][0]["current"]) == ("succeeded", 3)
    assert "all fetched" in [entry["message"] for entry in headway.history(job["id"])]


def test_a_subscription_tells_its_callback() -> None:
    told: list[tuple[str, Any]] = []

    def own_work() -> None:
        eventually(lambda: "synced" in [event for event, _ in told])
        with headway.start("report", project="acme") as job:
            job.note("here")
        eventually(lambda: "here" in [data.get("message") for event, data in told if event == "event"])

    ran(
        "docs/python.md · Watching in the same process · 1",
        print=lambda event, data: told.append((event, data)),
        own_work=own_work,
    )


def test_a_mirror_answers_and_tells() -> None:
    told: list[dict[str, Any]] = []
    job = headway.start("report", project="acme")

    def own_work() -> None:
        job.succeed()
        eventually(lambda: "succeeded" in [job["status"] for job in told])

    seen = ran("docs/python.md · A mirror in front of the store · 1", id=job.id, print=told.append, own_work=own_work)
    assert seen.job["id"] == job.id


def test_analytics_go_to_the_log_without_a_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "headway.analytics")

    seen = ran("docs/python.md · Analytics events · 1", key=None, session_token="s3cret", job_id="42", n=1)

    seen.analytics.close()
    assert "status_complete" in caplog.text
    assert "s3cret" not in caplog.text


def test_a_test_of_a_program_that_reports() -> None:
    def make_report(pages: int) -> None:
        with headway.start("report") as job:
            job.result = {"pages": len(list(job.track(range(pages))))}

    ran("docs/python.md · In your own tests · 1", make_report=make_report).test_a_report_renders_every_page()

    assert headway.jobs() == []


def test_a_grant_for_the_projects_of_a_user() -> None:
    async def user_of(session: str | None) -> SimpleNamespace | None:
        return SimpleNamespace(projects=["acme"]) if session == "mine" else None

    application = Starlette()
    ran("docs/http.md · Mounted in an application · 1", application=application, user_of=user_of)
    seen = headway.create("report", project="acme")
    unseen = headway.create("report", project="other")

    with TestClient(application, cookies={"session": "mine"}) as mine:
        assert [job["id"] for job in mine.get("/headway/v1/jobs").json()["items"]] == [seen.id]
        assert mine.post(f"/headway/v1/jobs/{seen.id}/cancel", json={}).status_code == 202
        assert mine.post(f"/headway/v1/jobs/{unseen.id}/cancel", json={}).status_code == 404
        assert mine.post("/headway/v1/jobs", json={"kind": "report", "project": "acme"}).status_code == 403
    assert TestClient(application).get("/headway/v1/jobs").status_code == 404


def test_a_token_for_each_job() -> None:
    async def fits(token: str, job_id: str) -> bool:
        return token == f"of {job_id}"

    with_token = ran("docs/http.md · Mounted in an application · 2", tokens=SimpleNamespace(fits=fits)).with_token
    client = TestClient(headway.http.app(authorize=with_token))
    job = headway.create("report")

    address = f"/v1/jobs/{job.id}"
    assert client.get(address, headers={"x-session-token": f"of {job.id}"}).json()["id"] == job.id
    assert client.get(address, params={"token": f"of {job.id}"}).json()["id"] == job.id
    refused = client.get(address, params={"token": "of another"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_the_members_of_a_project() -> None:
    async def is_member(asking: Any, project: str) -> bool:
        return (asking.headers.get("x-user"), project) == ("ann", "acme")

    client = TestClient(ran("docs/http.md · Mounted in an application · 3", is_member=is_member).application)
    job = headway.create("report", project="acme")
    headway.create("report", project="other")

    found = client.get("/projects/acme/headway/v1/jobs", headers={"x-user": "ann"})
    assert [one["id"] for one in found.json()["items"]] == [job.id]
    assert client.get("/projects/acme/headway/v1/jobs").status_code == 404
    assert client.get("/projects/other/headway/v1/jobs", headers={"x-user": "ann"}).status_code == 404
