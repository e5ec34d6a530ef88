"""What may be brought: one file, not too large, that begins as a PDF does, from this site's own page or a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from examples.documents.app import app
from examples.documents.room import Room
from examples.house import papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2

LIMIT = 20_000
WHOLE_PDF = papers.printed("Mooring Plan", 1)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    room = Room(folder=tmp_path / "documents", store=f"sqlite:///{tmp_path / 'headway.db'}", workers=0)
    with room:
        yield room


@pytest.fixture
def client(room: Room) -> TestClient:
    # The room is open already, and nobody works in it: what is brought stays in line.
    return TestClient(app(room, upload_bytes=LIMIT), base_url="http://127.0.0.1")


def bring(client: TestClient, content: bytes, **headers: str) -> httpx2.Response:
    return client.post("/api/documents", files={"file": ("brought.pdf", content)}, headers=headers)


def test_a_pdf_is_taken_and_waits_in_line(client: TestClient, room: Room) -> None:
    answer = bring(client, WHOLE_PDF)

    assert answer.status_code == 202
    assert room.reporter.get(answer.json()["job_id"])["status"] == "pending"
    assert room.library.get(answer.json()["document_id"]).original.read_bytes() == WHOLE_PDF


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (b"", 422, "empty-file"),
        (b"\x89PNG\r\n\x1a\n....", 415, "not-a-pdf"),
        (b"plain words", 415, "not-a-pdf"),
        (b"%PDF-1.7\n" + b"." * LIMIT, 413, "too-large"),
        (b"%PDF-1.7\n" + b"." * 10 * LIMIT, 413, "too-large"),
    ],
    ids=["empty", "picture", "text", "a little too large", "much too large"],
)
def test_what_is_no_pdf_of_a_fair_size_is_refused_and_not_kept(
    client: TestClient, room: Room, content: bytes, status: int, kind: str
) -> None:
    answer = bring(client, content)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{kind}"
    assert answer.json()["detail"].endswith(".")
    assert room.library.documents() == []


def test_a_body_that_hides_its_length_is_counted_while_it_arrives(client: TestClient, room: Room) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'
        while sent < 100 * LIMIT:
            sent += LIMIT
            yield b"." * LIMIT

    answer = client.post(
        "/api/documents", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )

    assert answer.status_code == 413
    assert room.library.documents() == []


def test_the_name_decides_nothing(client: TestClient, room: Room) -> None:
    answer = client.post("/api/documents", files={"file": ("../../notes.txt", WHOLE_PDF, "text/plain")})

    assert answer.status_code == 202
    assert room.library.get(answer.json()["document_id"]).card().name == "notes.txt"


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        ({"json": {"file": "x"}}, 415),
        ({"data": {"file": "not a file"}}, 415),
        ({"files": {"other": ("a.pdf", WHOLE_PDF)}}, 400),
        ({"files": [("file", ("a.pdf", WHOLE_PDF)), ("file", ("b.pdf", WHOLE_PDF))]}, 400),
        ({"content": b"no parts", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": b"no parts", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ],
    ids=["json", "urlencoded", "other field", "two files", "no parts", "no boundary"],
)
def test_a_request_that_is_no_form_with_one_file_is_refused(
    client: TestClient, room: Room, request_of: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/documents", **request_of)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert room.library.documents() == []


def test_another_sites_page_may_not_bring_anything(client: TestClient, room: Room) -> None:
    assert bring(client, WHOLE_PDF, Origin="https://elsewhere.example").status_code == 403
    assert bring(client, WHOLE_PDF, Origin="null").status_code == 403
    assert room.library.documents() == []
    assert bring(client, WHOLE_PDF, Origin="http://127.0.0.1").status_code == 202


def test_a_foreign_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "rebound.example"}).status_code == 400


def test_a_full_line_takes_nothing_more(client: TestClient, room: Room) -> None:
    room.pool.limit = 2
    answers = [bring(client, WHOLE_PDF) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert answers[2].headers["retry-after"] == "5"
    assert "2 documents are waiting already" in answers[2].json()["detail"]
    assert len(room.library.documents()) == 2
