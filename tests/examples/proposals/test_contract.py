"""The contract over real HTTP: texts go in, progress is read, what came out is given, and bad input is told why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examples.proposals import plan
from examples.proposals.brought import Allowed
from examples.proposals.room import DIED, SORRY, Room
from examples.proposals.work import WorkerDied
from tests.examples.proposals.puppets import MADE, refused
from tests.examples.proposals.serving import API, LETTERS, served
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from tests.examples.proposals.puppets import Puppet
    from tests.examples.proposals.serving import Served


def test_texts_become_proposals_and_then_a_tree(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    puppet.tell(plan.CLUSTERING, 1, 4, "312 chunks")
    running = box.seen(job_id, stage="clustering", percent=25.0)
    assert running.keys() == {
        *("jobId", "projectId", "kind", "status", "attempt", "percent", "progress", "eta", "result")
    }
    assert (running["kind"], running["status"], running["attempt"]) == (plan.PROPOSALS, "running", 1)
    assert running["progress"].keys() == {"stage", "current", "total", "message", "timestamp"}
    assert (running["progress"]["current"], running["progress"]["total"]) == (2, 5)
    assert running["progress"]["message"] == "312 chunks"

    puppet.finish()
    ended = box.seen(job_id, stage="complete")
    assert (ended["percent"], ended["progress"]["current"], ended["eta"]) == (100, 5, None)
    assert ended["progress"]["message"] == "2 proposals from 3 texts"
    assert box.as_("ben").get(f"{API}/jobs/{job_id}/outcome").json() == MADE

    answer = box.as_("ada").post(f"{API}/trees", json={"proposals": job_id})
    assert answer.status_code == 202
    tree_id = answer.json()["jobId"]
    puppet.tell(plan.CREATING_BLOCKS, 1, 2)
    assert box.seen(tree_id, stage="creating_blocks", percent=63.0)["progress"]["total"] == 7
    puppet.finish()
    box.seen(tree_id, stage="complete", percent=100, current=7)
    assert puppet.begun[1].proposals == puppet.begun[0].folder


def test_the_texts_are_kept_by_their_names_and_lead_nowhere_else(box: Served, puppet: Puppet, tmp_path: Path) -> None:
    names = ["../../up.txt", "a/b/one.txt", "one.txt", "ONE.txt", ".hidden", "x" * 300 + ".txt", "\u202etxt.exe", ""]
    files = [("texts", (name or "..", f"letter {at}".encode(), "text/plain")) for at, name in enumerate(names)]
    job_id = box.as_("ada").post(f"{API}/proposals", files=files).json()["jobId"]
    puppet.finish()
    box.seen(job_id, stage="complete")

    kept = sorted(path.name for path in (tmp_path / "box" / job_id / "texts").iterdir())
    assert len(kept) == len(names)
    assert {"up.txt", "one.txt", "one (2).txt", "ONE (3).txt", "hidden"} <= set(kept)
    assert not [path for path in tmp_path.rglob("up.txt") if path.parent.name != "texts"]
    assert all(len(name.encode()) <= 255 and "\u202e" not in name for name in kept)


def test_a_failure_is_told_in_a_sentence_and_keeps_its_percent(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    puppet.tell(plan.SYNTHESIZING, 1, 2)
    box.seen(job_id, percent=60.0)
    puppet.orders.put(refused("There is nothing in these letters."))

    failed = box.seen(job_id, stage="error")
    assert (failed["status"], failed["percent"]) == ("failed", 60.0)
    assert (failed["progress"]["current"], failed["progress"]["total"]) == (3, 5)
    assert failed["progress"]["message"] == "There is nothing in these letters."


@pytest.mark.parametrize(("fault", "sentence"), [(RuntimeError("a secret"), SORRY), (WorkerDied(), DIED)])
def test_our_own_faults_are_owned_up_to_and_told_without_their_inside(
    box: Served, puppet: Puppet, fault: Exception, sentence: str
) -> None:
    job_id = box.bring()
    puppet.orders.put(fault)

    assert box.seen(job_id, stage="error")["progress"]["message"] == sentence
    puppet.finish()
    box.seen(box.bring(), stage="complete")  # the worker is there for the next


def test_a_job_is_stopped_when_somebody_asks(box: Served, puppet: Puppet) -> None:
    running, waiting = box.bring(), box.bring()
    puppet.tell(plan.CLUSTERING)
    box.seen(running, stage="clustering")

    for job_id in (waiting, running):
        assert box.as_("ben").post(f"{API}/jobs/{job_id}/cancel").status_code == 202
    assert box.seen(running, status="cancelled")["progress"]["stage"] == "error"
    assert box.seen(waiting, status="cancelled")["progress"]["current"] == 0
    again = box.as_("ada").post(f"{API}/jobs/{running}/cancel")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-now")
    assert len(puppet.begun) == 1


def test_the_samples_are_brought_with_one_call(box: Served, puppet: Puppet, tmp_path: Path) -> None:
    puppet.let_go()
    for client, path in ((box.as_("ada"), f"{API}/samples"), (box.as_(None), "/api/samples")):
        answer = client.post(path)
        assert answer.status_code == 202
        made, tree = answer.json()["jobs"]
        box.seen(made, stage="complete", kind=plan.PROPOSALS)
        box.seen(tree, stage="complete", kind=plan.TREE)
        assert len(list((tmp_path / "box" / made / "texts").iterdir())) >= 200


def test_anybody_may_put_a_letter_into_the_first_projects_box(box: Served, puppet: Puppet) -> None:
    puppet.let_go()
    answer = box.as_(None).post("/api/texts", files={"texts": ("a.txt", b"More benches.", "text/plain")})

    assert answer.status_code == 202
    box.seen(answer.json()["jobId"], stage="complete")
    assert box.as_(None).get(f"{API}/jobs/{answer.json()['jobId']}/progress").status_code == 401


def test_a_tree_waits_for_its_proposals_and_says_so(box: Served, puppet: Puppet) -> None:
    made, tree = box.as_("ada").post(f"{API}/samples").json()["jobs"]
    puppet.tell(plan.CLUSTERING)
    box.seen(made, stage="clustering")

    assert box.progress(tree)["progress"]["message"] == "waiting for its turn"
    assert box.progress(tree)["percent"] == 0
    puppet.finish()
    puppet.tell(plan.FETCHING)
    box.seen(tree, stage="fetching")


def problem(answer: httpx2.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert body["reason"]
    assert body["advice"]
    assert body["detail"] == f"{body['reason']} {body['advice']}"
    return answer.status_code, body["type"].removeprefix("/problems/"), body["field"]


@pytest.mark.parametrize(
    "job_id", ["01930f6e-0000-7000-8000-000000000000", "1", "x" * 5000, "%00", "..%2f..%2fetc", "'; drop table job"]
)
def test_an_unknown_and_a_malformed_id_are_the_same_404(box: Served, job_id: str) -> None:
    ada = box.as_("ada")
    answers = [ada.get(f"{API}/jobs/{job_id}/{what}") for what in ("progress", "outcome")]
    answers.append(ada.post(f"{API}/jobs/{job_id}/cancel"))

    assert {problem(answer)[:2] for answer in answers} <= {(404, "not-found"), (404, "http")}


def test_a_job_of_another_project_is_no_job_of_this_one(box: Served) -> None:
    job_id = box.bring(project="library")

    answers = [box.as_("ada").get(f"{API}/jobs/{job_id}/{what}") for what in ("progress", "outcome")]
    answers.append(box.as_("ada").post(f"{API}/trees", json={"proposals": job_id}))
    assert {problem(answer)[:2] for answer in answers} == {(404, "not-found")}


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ({"content": b"a letter"}, (415, "not-a-form", "Content-Type")),
        ({"content": b"a letter", "headers": {"Content-Type": "text/plain"}}, (415, "not-a-form", "Content-Type")),
        ({"data": {"texts": "no file"}, "files": {"other": b"x"}}, (400, "no-texts", "texts")),
        ({"files": [("texts", ("photo.jpg", b"\xff\xd8\xff\x00\x01", "image/jpeg"))]}, (422, "not-a-text", "texts")),
        ({"files": [("texts", ("a.txt", b" \n ")), ("texts", ("b.txt", b""))]}, (422, "not-a-text", "texts")),
        ({"files": [("texts", ("a.txt", b"x" * 60_000))]}, (413, "too-large", "texts")),
        ({"files": [("texts", (f"{n}.txt", b"x")) for n in range(9)]}, (413, "too-many", "texts")),
        (
            {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
            (400, "broken-form", "texts"),
        ),
    ],
)
def test_what_cannot_be_taken_is_refused_with_field_reason_and_what_to_do(
    room: Room, sent: dict[str, Any], wanted: tuple[int, str, str]
) -> None:
    with served(room, allowed=Allowed(files=8, bytes=50_000)) as box:
        answer = box.as_("ada").post(f"{API}/proposals", **sent)

        assert problem(answer) == wanted
        assert room.tracker.cached() == [], "and has no job"
    assert [path.name for path in room.folder.iterdir()] == ["secret"], "nor any file"


def test_when_too_many_wait_the_next_is_told_to_come_later(
    box: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("examples.proposals.room.WAITING_MAX", 2)
    box.seen(box.bring(), status="running")
    assert [box.progress(box.bring())["status"] for _ in range(2)] == ["pending", "pending"]

    answer = box.as_("ada").post(f"{API}/samples")
    assert problem(answer) == (503, "line-is-full", None)
    assert answer.headers["retry-after"] == "5"
    assert len(list((tmp_path / "box").iterdir())) == 3 + len(["secret"])


def test_a_length_that_is_not_declared_is_counted(room: Room) -> None:
    def endless() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="texts"; filename="a.txt"\r\n\r\n'
        for _ in range(1000):
            yield b"x" * 10_000

    with served(room, allowed=Allowed(files=8, bytes=50_000)) as box:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = box.as_("ada").post(f"{API}/proposals", content=endless(), headers=headers)
        assert problem(answer) == (413, "too-large", "texts")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", (400, "not-json", None)),
        (b"[1]", (400, "not-json", None)),
        (b"[" * 9000, (400, "not-json", None)),
        (b'{"proposals": 3}', (422, "no-proposals", "proposals")),
        (b'{"proposals": "../x"}', (404, "not-found", "proposals")),
        (b'{"proposals": "' + b"x" * 20_000 + b'"}', (413, "too-large", None)),
    ],
)
def test_a_tree_of_nothing_is_refused(box: Served, body: bytes, wanted: tuple[int, str, str | None]) -> None:
    assert problem(box.as_("ada").post(f"{API}/trees", content=body)) == wanted


def test_a_tree_of_a_tree_is_refused(box: Served, puppet: Puppet) -> None:
    puppet.let_go()
    _made, tree = box.as_("ada").post(f"{API}/samples").json()["jobs"]

    answer = box.as_("ada").post(f"{API}/trees", json={"proposals": tree})
    assert problem(answer) == (404, "not-found", "proposals")


def test_a_wrong_method_and_a_wrong_address_are_problems_too(box: Served) -> None:
    assert problem(box.as_("ada").get(f"{API}/samples"))[0] == 405
    assert problem(box.as_("ada").get("/api/nothing"))[0] == 404


def test_another_sites_page_may_not_do_anything(box: Served) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    job_id = box.bring()
    for path in (
        "/api/samples",
        "/api/texts",
        "/api/sign-in",
        f"{API}/samples",
        f"{API}/proposals",
        f"{API}/jobs/{job_id}/cancel",
    ):
        assert problem(box.as_("ada").post(path, headers=foreign)) == (403, "another-site", "Origin")
    own = {"Origin": box.url}
    assert box.as_("ada").post(f"{API}/jobs/{job_id}/cancel", headers=own).status_code == 202
    assert box.as_("ada").get("/", headers={"Host": "rebound.example"}).status_code == 400


def test_jobs_of_other_applications_in_the_same_store_are_left_alone(box: Served, puppet: Puppet) -> None:
    other = box.room.reporter.create("image", project="harbour", steps=["validating"])
    puppet.let_go()
    box.seen(box.bring(), stage="complete")

    assert box.room.reporter.get(other.id)["status"] == "pending"
    assert box.as_("ada").get(f"/headway/v1/jobs/{other.id}").status_code == 404
    assert [job["kind"] for job in box.as_("ada").get("/headway/v1/jobs").json()["items"]] == [plan.PROPOSALS]


def test_every_letter_of_an_upload_reaches_the_work(box: Served, puppet: Puppet) -> None:
    box.bring()
    errand = eventually(lambda: puppet.begun)[0]

    texts = {path.name: path.read_bytes() for path in (errand.folder / "texts").iterdir()}
    assert texts == dict(LETTERS)
