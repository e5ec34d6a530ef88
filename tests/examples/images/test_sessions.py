"""A session's token at Headway's own mount: it opens that session's jobs, and nothing else is there."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from tests.examples.images.puppets import DONE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.examples.images.puppets import Puppet
    from tests.examples.images.serving import Session, Studio


def shows(session: Session) -> dict[str, str]:
    return {"X-Session-Token": session.token}


def test_headway_shows_a_session_its_own_jobs_only(studio: Studio, drawing: bytes) -> None:
    mine, others = studio.bring(drawing), studio.bring(drawing)

    own = studio.client.get(f"/headway/v1/jobs/{mine.job_id}", headers=shows(mine))
    foreign = studio.client.get(f"/headway/v1/jobs/{others.job_id}", headers=shows(mine))
    unknown = studio.client.get("/headway/v1/jobs/01930f6e-0000-7000-8000-000000000000", headers=shows(mine))
    listed = studio.client.get("/headway/v1/jobs", headers=shows(mine)).json()["items"]

    assert own.json()["kind"] == "image"
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json()["type"] == unknown.json()["type"]
    assert [job["id"] for job in listed] == [mine.job_id]


def test_without_a_token_nothing_is_there(studio: Studio, drawing: bytes) -> None:
    session = studio.bring(drawing)

    for address in (f"/headway/v1/jobs/{session.job_id}", "/headway/v1/jobs", "/headway/v1/events"):
        assert studio.client.get(address).status_code == 404
    wrong = studio.client.get("/headway/v1/jobs", headers={"X-Session-Token": "somebody"})
    assert wrong.json()["items"] == []


def test_a_token_reads_and_does_nothing_else(studio: Studio, drawing: bytes) -> None:
    session = studio.bring(drawing)

    answer = studio.client.post(f"/headway/v1/jobs/{session.job_id}/cancel", headers=shows(session))

    assert answer.status_code == 403
    assert studio.status(session)["status"] in ("pending", "processing")


def test_a_sessions_stream_tells_of_its_jobs_only(studio: Studio, puppet: Puppet, drawing: bytes) -> None:
    mine, _others = studio.bring(drawing), studio.bring(drawing)
    told: set[str] = set()

    with studio.client.stream(
        "GET", "/headway/v1/events", headers={**shows(mine), "Accept": "text/event-stream"}
    ) as stream:
        for line in stream.iter_lines():
            content = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            told |= {content[key] for key in ("id", "job_id") if key in content}
            if "cursor" in content:  # it is synced: now let both of them go on
                puppet.let_go()
            if content.get("type") == "succeeded":
                break

    assert told == {mine.job_id}


def test_no_token_is_kept_or_logged_anywhere(
    studio: Studio, puppet: Puppet, drawing: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        session = studio.bring(drawing)
        puppet.orders.put(DONE)
        studio.seen(session, status="completed")
        studio.client.get("/headway/v1/jobs", headers=shows(session))
    snapshot = studio.room.reporter.get(session.job_id)
    history = studio.room.reporter.history(session.job_id)

    # what the tests' own client says to itself is not the application's
    said = [record.getMessage() for record in caplog.records if not record.name.startswith(("http", "hpack"))]
    assert session.token not in json.dumps([snapshot, history, said])
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or session.token.encode() not in path.read_bytes(), path
