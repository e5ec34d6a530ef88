"""The how-to is true: its pieces, put together as they are printed, serve an upload and its polls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.examples.listening import listening
from tests.house.rules import ROOT
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

HOWTO = ROOT / "docs" / "howto-upload-polling.md"


@pytest.fixture
def client(store: str) -> Iterator[httpx2.Client]:
    told: dict[str, Any] = {"store": store}
    for piece in re.findall(r"```python\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL):
        exec(compile(piece, str(HOWTO), "exec"), told)  # noqa: S102  # running what is printed is the point
    with listening(told["app"]) as url, httpx2.Client(base_url=url) as client:
        yield client
    told["reporter"].close()


def ended(client: httpx2.Client, content: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    answer = client.post("/api/uploads", content=content)
    assert answer.status_code == 202
    headers = {"X-Session-Token": answer.json()["sessionToken"]}

    def look() -> dict[str, Any] | None:
        status: dict[str, Any] = client.get(f"/api/status/{answer.json()['jobId']}", headers=headers).json()
        return status if status["status"] in ("completed", "failed") else None

    return eventually(look), headers


def test_an_upload_is_polled_to_its_end(client: httpx2.Client) -> None:
    status, headers = ended(client, b"a picture")

    assert (status["stage"], status["progress"]) == ("complete", 100)
    assert status["resultId"]
    assert [job["kind"] for job in client.get("/headway/v1/jobs", headers=headers).json()["items"]] == ["image"]


def test_a_failure_keeps_its_percent(client: httpx2.Client) -> None:
    status, _headers = ended(client, b"")

    assert (status["stage"], status["progress"], status["resultId"]) == ("failed", 10, None)


def test_nobody_else_is_told_anything(client: httpx2.Client) -> None:
    job_id = client.post("/api/uploads", content=b"a picture").json()["jobId"]

    for headers in ({}, {"X-Session-Token": "somebody"}):
        answer = client.get(f"/api/status/{job_id}", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    assert client.get("/api/status/nobody", headers={"X-Session-Token": "x"}).status_code == 404
    assert client.get("/headway/v1/jobs").status_code == 404
