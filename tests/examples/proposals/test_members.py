"""Who may see a project: its members, by a cookie that nobody can make up; for all others it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.proposals import plan
from examples.proposals.members import COOKIE, PEOPLE, Sessions
from examples.proposals.room import Room
from tests.examples.proposals.serving import served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.examples.proposals.puppets import Puppet
    from tests.examples.proposals.serving import Served

STREAM = {"Accept": "text/event-stream"}


def addresses(job_id: str, project: str) -> list[tuple[str, str]]:
    """All that belongs to one project."""
    api = f"/api/projects/{project}"
    reads = [f"{api}/status", f"{api}/analytics", f"{api}/debug"]
    reads += [f"{api}/jobs/{job_id}/progress", f"{api}/jobs/{job_id}/outcome"]
    writes = [f"{api}/proposals", f"{api}/samples", f"{api}/trees", f"{api}/jobs/{job_id}/cancel"]
    return [("GET", path) for path in reads] + [("POST", path) for path in writes]


def test_without_a_sign_in_everything_is_a_401(box: Served) -> None:
    job_id = box.bring()
    for method, path in addresses(job_id, "harbour"):
        answer = box.as_(None).request(method, path)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unknown-person"), path
    for path in ("v1/events", "v1/jobs", f"v1/jobs/{job_id}", f"v1/jobs/{job_id}/events"):
        assert box.as_(None).get(f"/headway/{path}").status_code == 401


@pytest.mark.parametrize(("person", "project"), [("eve", "harbour"), ("ben", "library")])
def test_who_is_no_member_hears_the_same_404_as_of_a_project_that_does_not_exist(
    box: Served, person: str, project: str
) -> None:
    job_id = box.bring(project=project)
    for method, path in addresses(job_id, project):
        answer = box.as_(person).request(method, path)
        nowhere = box.as_("ada").request(method, path.replace(project, "atlantis"))
        assert answer.status_code == nowhere.status_code == 404, path
        assert answer.content == nowhere.content
    for path in (f"v1/jobs/{job_id}", f"v1/jobs/{job_id}/history", f"v1/jobs/{job_id}/events"):
        assert box.as_(person).get(f"/headway/{path}").status_code == 404


def test_headways_own_routes_show_a_member_the_jobs_of_their_projects_only(box: Served) -> None:
    harbour, library = box.bring(project="harbour"), box.bring(project="library")

    def seen(person: str, query: str = "") -> set[str]:
        return {job["id"] for job in box.as_(person).get(f"/headway/v1/jobs{query}").json()["items"]}

    assert seen("ada") == {harbour, library}
    assert seen("ben") == {harbour}
    assert seen("ben", "?project=library") == set()
    polled = box.as_("ben").get("/headway/v1/events", headers={"Accept": "application/json"}).json()
    assert {item["data"]["id"] for item in polled["items"]} == {harbour}
    assert box.as_("eve").get("/headway/v1/jobs").status_code == 404
    assert box.as_("ada").post(f"/headway/v1/jobs/{harbour}/cancel", json={}).status_code == 403


def test_a_stream_tells_of_its_own_project_only(box: Served, puppet: Puppet) -> None:
    other = box.bring(project="library")
    mine = box.bring(project="harbour")
    with box.stream(person="ben", project="harbour") as messages:
        puppet.let_go()
        heard = set()
        for message in messages:
            heard.add(message["jobId"])
            if message["progress"]["stage"] == "complete":
                break
    assert heard == {mine}
    assert box.seen(other, project="library", stage="complete")


@pytest.mark.parametrize(
    "cookie",
    ["", "ada", "ada.", "ada.00", "ben.{ada}", "root.{ada}", ".{ada}", "ada.{ada}x", "ada.é", "\x7f.\x7f", "x" * 4000],
)
def test_a_cookie_cannot_be_made_up(tmp_path: Path, cookie: str) -> None:
    sessions = Sessions.at(tmp_path)
    signature = sessions.cookie_of(PEOPLE["ada"]).partition(".")[2]

    assert sessions.person_of({COOKIE: cookie.replace("{ada}", signature)}) is None
    assert sessions.person_of({COOKIE: f"ada.{signature}"}) is PEOPLE["ada"]


def test_servers_of_one_folder_know_each_others_cookies_and_those_of_another_do_not(tmp_path: Path) -> None:
    cookie = {COOKIE: Sessions.at(tmp_path / "one").cookie_of(PEOPLE["ada"])}

    assert Sessions.at(tmp_path / "one").person_of(cookie) is PEOPLE["ada"]
    assert Sessions.at(tmp_path / "two").person_of(cookie) is None
    assert (tmp_path / "one" / "secret").stat().st_mode & 0o077 == 0
    given = {"PROPOSALS_SECRET": "the same everywhere"}
    cookie = {COOKIE: Sessions.at(tmp_path / "one", given).cookie_of(PEOPLE["ben"])}
    assert Sessions.at(tmp_path / "two", given).person_of(cookie) is PEOPLE["ben"]


def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get(box: Served) -> None:
    answer = box.as_(None).post("/api/sign-in", json={"person": "ben"})
    box.as_(None).cookies.clear()

    said = answer.headers["set-cookie"].lower()
    assert answer.status_code == 204
    assert "httponly" in said
    assert "samesite=strict" in said
    refused = box.as_(None).post("/api/sign-in", json={"person": "nobody"})
    assert (refused.status_code, refused.json()["field"]) == (422, "person")
    assert "ada, ben, eve" in refused.json()["advice"]


def test_everybody_is_told_who_they_are_and_what_is_theirs(box: Served) -> None:
    def told(person: str | None) -> tuple[str | None, list[str]]:
        body = box.as_(person).get("/api/me").json()
        return body["me"], [project["id"] for project in body["projects"]]

    assert told("ada") == ("ada", ["harbour", "library"])
    assert told("ben") == ("ben", ["harbour"])
    assert told("eve") == ("eve", [])
    assert told(None) == (None, [])


def test_below_a_prefix_the_cookie_is_the_prefixes_own(room: Room, puppet: Puppet) -> None:
    with room, served(room, below="/proposals") as box:
        answer = box.as_(None).post("/api/sign-in", json={"person": "ada"})
        assert "path=/proposals" in answer.headers["set-cookie"].lower()
        puppet.let_go()
        box.seen(box.bring(), kind=plan.PROPOSALS, stage="complete")
        assert len(box.as_("ada").get("/headway/v1/jobs").json()["items"]) == 1
