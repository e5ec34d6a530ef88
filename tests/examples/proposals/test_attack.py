"""Bad input at the door of the suggestions box: whatever is sent is taken or refused, and never breaks the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.proposals.room import Room
from tests.examples.proposals.puppets import Puppet
from tests.examples.proposals.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.examples.proposals.serving import Served

FORM = b'--x\r\nContent-Disposition: form-data; name="texts"; filename="%s"\r\n\r\n%s\r\n--x--\r\n'
PROPOSALS = "/api/projects/harbour/proposals"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all of this: what one request breaks, the next one would meet."""
    folder, puppet = tmp_path_factory.mktemp("door"), Puppet()
    puppet.let_go()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_SPOOL", str(folder / "spool"))
        room = Room(folder=folder / "box", store=f"sqlite:///{folder}/jobs.db", workers=1, hand=puppet)
        with served(room) as door:
            yield door


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x; charset=no-such-charset",
        "multipart/form-data; boundary=x; charset=utf-16",
        "multipart/form-data; boundary=y",
        "MULTIPART/FORM-DATA; boundary=" + "x" * 300,
        "multipart/form-data; boundary=\xe9",
    ],
)
def test_a_form_that_declares_itself_wrongly_is_refused(door: Served, kind: str) -> None:
    answer = door.as_("ada").post(
        PROPOSALS, content=FORM % (b"a.txt", b"A bench."), headers={b"Content-Type": kind.encode("latin-1")}
    )

    assert answer.status_code in (202, 400, 415, 422), answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nA bench.\r\n--x--\r\n",
        b"--x\r\nno header\r\n\r\nA bench.\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="texts"\r\n\r\nA bench.\r\n--x--\r\n',
        FORM % (b"a.txt", b"A bench.") * 2,
        b"\x00" * 1000,
    ],
)
def test_a_form_that_is_broken_is_refused(door: Served, body: bytes) -> None:
    answer = door.as_("ada").post(PROPOSALS, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code in (202, 400, 422), answer.text


@pytest.mark.parametrize(
    "name",
    [
        b"../../etc/passwd",
        b"\x00",
        b"\xff\xfe",
        b"a" * 5000,
        b"CON",
        b"%2e%2e%2f",
        b".",
        b"..",
        b"\xe2\x80\xae.txt",
        b"a\\b\\c.txt",
        b"",
    ],
)
def test_any_name_of_a_file_is_taken_or_refused(door: Served, name: bytes) -> None:
    answer = door.as_("ada").post(
        PROPOSALS, content=FORM % (name, b"A bench."), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )

    assert answer.status_code in (202, 400, 422), answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"proposals": "\\ud800"}',
        b'{"proposals": "\\u0000"}',
        b'{"proposals": "' + b"x" * 5000 + b'"}',
        b'{"proposals": 1e999}',
        b'{"proposals": NaN}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 5000,
        b'{"proposals": ["a"]}',
    ],
)
def test_any_body_that_asks_for_a_tree_is_refused(door: Served, body: bytes) -> None:
    answer = door.as_("ada").post("/api/projects/harbour/trees", content=body)

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("body", [b'{"person": "\\ud800"}', b'{"person": ["ada"]}', b'{"person": null}', b"null", b"1"])
def test_nobody_is_signed_in_by_chance(door: Served, body: bytes) -> None:
    answer = door.as_(None).post("/api/sign-in", content=body)

    assert 400 <= answer.status_code < 500, answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "part", ["%00", "%ed%a0%80", "%ff", "..%2f..", "a%2Fb", "%0d%0aX-Evil:1", "x" * 3000, "%F0%9F%9A%8C"]
)
@pytest.mark.parametrize(
    "where", ["projects/{}/status", "projects/harbour/jobs/{}/progress", "projects/harbour/jobs/{}/outcome"]
)
def test_any_address_is_a_404(door: Served, where: str, part: str) -> None:
    answer = door.as_("ada").get(f"/api/{where.format(part)}", headers={"Accept": "application/json"})

    assert answer.status_code == 404, answer.text
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("cookie", ["\xff", "a" * 4000, "=;=;=", "session", "proposals=%00"])
def test_any_cookie_is_nobody_s(door: Served, cookie: str) -> None:
    answer = door.as_(None).get("/api/projects/harbour/status", headers={b"Cookie": cookie.encode("latin-1")})

    assert answer.status_code == 401, answer.text


def test_whatever_texts_are_brought_end_in_proposals_or_in_a_sentence(tmp_path: Path, store: str) -> None:
    """With the real worker: it loads what compares texts for each job."""
    brought = {
        "succeeded": [("one.txt", b"Benches"), ("scan.txt", b"\xff\x81\x8d"), ("empty.txt", b"")],
        "failed": [("one.txt", b"It is what it is."), ("two.txt", b"\xef\xbb\xbf 42!")],
    }
    with served(Room(folder=tmp_path / "box", store=store)) as box:
        jobs = {}
        for status, texts in brought.items():
            files = [("texts", (name, content, "text/plain")) for name, content in texts]
            jobs[status] = box.as_("ada").post(PROPOSALS, files=files).json()["jobId"]

        good = box.seen(jobs["succeeded"], stage="complete")
        bad = box.seen(jobs["failed"], stage="error")
        outcome = box.as_("ada").get(f"/api/projects/harbour/jobs/{jobs['succeeded']}/outcome").json()

    assert good["progress"]["message"].startswith("1 proposal from 1 text")
    assert bad["progress"]["message"] == "All 2 texts in this folder have only words that say nothing alone."
    assert [left["name"] for left in outcome["left_out"]] == ["empty.txt", "scan.txt"]
    assert [proposal["title"] for proposal in outcome["proposals"]] == ["Benches"]
