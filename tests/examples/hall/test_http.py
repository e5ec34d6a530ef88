"""The hall over HTTP: what it lists, that each application works below its name, and what is shut says why."""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from examples.hall.applications import APPLICATIONS
from examples.house import papers
from tests.examples import commands
from tests.examples.documents.serving import Room
from tests.examples.hall.serving import below, hall, runs, started
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [application.name for application in APPLICATIONS]
REFUSED_STORAGE = "nowhere://at-all"


def cards(room: Room) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = room.client.get("/api/applications").raise_for_status().json()["applications"]
    return listed


def test_it_lists_every_application_with_what_it_takes_and_where(served: Room) -> None:
    listed = cards(served)

    assert [card["name"] for card in listed] == NAMES
    for card in listed:
        assert card["shut"] is None
        assert card["upload"].startswith(f"{card['name']}/api/")
        assert card["samples"] == f"{card['name']}/api/samples"
        assert card["does"].endswith("."), "one sentence"
        assert card["kinds"], "or nobody would know whose a job is"


def test_no_two_applications_have_a_kind_of_jobs_in_common() -> None:
    kinds = [kind for application in APPLICATIONS for kind in application.kinds]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("address", ["/", *(f"/{name}/" for name in NAMES), "/headway/"])
def test_no_page_lets_anything_in_from_elsewhere(served: Room, address: str) -> None:
    answer = served.client.get(address)

    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("name", NAMES)
def test_an_application_is_found_without_its_last_slash(served: Room, name: str) -> None:
    answer = served.client.get(f"/{name}", follow_redirects=True)

    assert (answer.status_code, answer.url.path) == (200, f"/{name}/")


@pytest.mark.parametrize("name", NAMES)
def test_only_its_own_page_may_run_a_sample(served: Room, name: str) -> None:
    for origin in ("https://elsewhere.example", "null"):
        answer = served.client.post(f"/{name}/api/samples", headers={"Origin": origin})
        assert answer.status_code == 403


def test_a_name_that_somebody_elses_dns_lets_point_here_reads_nothing(served: Room) -> None:
    for address in ("/", "/api/applications", "/documents/", "/headway/v1/jobs"):
        assert served.client.get(address, headers={"Host": "elsewhere.example"}).status_code in (400, 403, 421)


def test_a_document_that_is_brought_below_the_prefix_is_found_below_it(served: Room) -> None:
    form = {"file": ("mooring-plan.pdf", papers.printed("Mooring Plan", 2), "application/pdf")}

    answer = served.client.post("/documents/api/documents", files=form)

    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/documents/documents/{answer.json()['document_id']}"
    assert served.ended(answer.json()["job_id"])["status"] == "succeeded"
    assert served.client.get(answer.headers["Location"]).status_code == 200
    assert served.client.get(f"{answer.headers['Location']}/thumbnail.png").status_code == 200
    kinds = {job["kind"] for job in served.client.get("/headway/v1/jobs").json()["items"]}
    assert "document" in kinds, "one store, and all jobs in it are shown"


def test_an_application_that_cannot_open_says_why_and_the_others_are_open(tmp_path: Path) -> None:
    with hall(tmp_path, IMAGES_STORAGE=REFUSED_STORAGE) as room:
        shut = {card["name"]: card["shut"] for card in cards(room)}
        answer = room.client.get("/images/")

        assert shut.pop("images").startswith("Images cannot open: IMAGES_STORAGE: ")
        assert set(shut.values()) == {None}
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith("Images cannot open: IMAGES_STORAGE: ")
        assert room.client.get("/documents/").status_code == 200


def test_a_package_that_is_missing_is_named_with_the_command_that_brings_it(tmp_path: Path) -> None:
    without = "import sys, runpy; sys.modules['pypdfium2'] = None; runpy.run_module('examples', run_name='__main__')"
    with commands.served(Room, (sys.executable, "-c", without), tmp_path) as room:
        shut = {card["name"]: card["shut"] for card in cards(room)}

    assert shut["images"] is None
    assert shut["documents"] == (
        "Documents cannot open: the package pypdfium2 is missing; run: pip install 'headway[demo]'"
    )


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(tmp_path, "--port", str(port)) as process:
            _said, told = process.communicate(timeout=60)

    assert process.returncode == 2
    assert len(told.splitlines()) == 1
    assert told.startswith(f"cannot serve on 127.0.0.1:{port}: Address already in use")


def test_a_store_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    with started(tmp_path, "--store", f"sqlite:///{tmp_path}/no/such/x.db") as process:
        _said, told = process.communicate(timeout=60)

    assert process.returncode == 2
    assert len(told.splitlines()) == 1


def test_ctrl_c_ends_it_soon_and_leaves_nothing_running(tmp_path: Path) -> None:
    with hall(tmp_path) as room:
        form = {"file": ("log.pdf", papers.printed("The Harbour Log", 250), "application/pdf")}
        job_id = room.client.post("/documents/api/documents", files=form).json()["job_id"]
        room.running(job_id, "extracting_text")
        workers = below(room.process)
        assert workers, "or there would be nothing to leave behind"

        room.process.send_signal(signal.SIGINT)

        assert room.process.wait(timeout=15) == 0
        eventually(lambda: not any(runs(each) for each in workers))

    with hall(tmp_path) as room:
        assert room.ended(job_id)["status"] == "succeeded", "the next start goes on with what was left"
