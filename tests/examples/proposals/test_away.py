"""A room that closes, a worker or a server that is killed; and the real work, from its command to its tree."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from examples.proposals import plan
from examples.proposals.box import Box
from examples.proposals.claim import Claim
from examples.proposals.room import Closing, Room
from examples.proposals.work import Errand, WorkerDied, beside
from tests.examples import commands
from tests.examples.commands import Started
from tests.examples.locked import away
from tests.examples.proposals.puppets import Puppet
from tests.examples.proposals.serving import API, served
from tests.waiting import eventually

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

COMMAND = (sys.executable, "-m", "examples.proposals")
LETTERS = [
    ("1.txt", b"The old quay needs more benches. Please put benches on the quay."),
    ("2.txt", b"There should be benches on the quay, as there were before."),
    ("3.txt", b"My mother cannot stand for long. More benches on the quay, please."),
    ("4.txt", b"The library should open on Saturdays. I work all week."),
    ("5.txt", b"Please open the library on Saturdays, we all work in the week."),
    ("6.txt", b"Open the library on Saturday mornings for those who work."),
    ("7.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
]


def test_a_room_that_closes_leaves_its_job_to_the_next_one(tmp_path: Path, store: str) -> None:
    puppets = [Puppet(), Puppet()]
    rooms = [Room(folder=tmp_path / "box", store=store, workers=1, hand=puppet) for puppet in puppets]
    with served(rooms[0]) as box:
        running, waiting = box.bring(), box.bring()
        puppets[0].tell(plan.CLUSTERING)
        box.seen(running, stage="clustering")

    with served(rooms[1]) as box:
        puppets[1].tell(plan.CLUSTERING, 0, 1, "anew")
        assert box.seen(running, message="anew")["attempt"] == 2
        puppets[1].let_go()
        box.seen(running, stage="complete")
        assert box.seen(waiting, stage="complete")["attempt"] == 1
        history = box.room.reporter.history(running)
        assert [event["attempt"] for event in history if event["type"] == "succeeded"] == [2]


@pytest.mark.usefixtures("impatient")
def test_while_the_store_is_away_nothing_is_taken_that_would_be_forgotten(
    tmp_path: Path, store: str, puppet: Puppet
) -> None:
    with served(Room(folder=tmp_path / "box", store=store, workers=1, hand=puppet)) as box:
        box.as_("ada")
        with away(store):
            answer = box.as_("ada").post(f"{API}/samples")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.json()["type"] == "/problems/store-unavailable"
        assert [path.name for path in (tmp_path / "box").iterdir()] == ["secret"]
        puppet.let_go()
        box.seen(box.bring(), stage="complete")


@pytest.mark.usefixtures("impatient")
def test_a_job_that_ended_while_the_store_was_away_is_done_once(tmp_path: Path, store: str) -> None:
    puppets = [Puppet(), Puppet()]
    rooms = [Room(folder=tmp_path / "box", store=store, workers=1, hand=puppet) for puppet in puppets]
    with served(rooms[0]) as box:
        job_id = box.bring()
        puppets[0].tell(plan.CLUSTERING)
        box.seen(job_id, stage="clustering")
        puppets[1].let_go()
        with served(rooms[1]):
            with away(store):
                puppets[0].finish()
                box.seen(job_id, stage="complete")
                assert rooms[0].reporter.get(job_id)["status"] == "running", "the store knows nothing of it yet"
                assert Claim.taken(tmp_path / "box" / job_id) is None, "so nobody else may begin with it"
            eventually(lambda: rooms[1].reporter.get(job_id)["status"] == "succeeded")
        assert box.progress(job_id)["attempt"] == 1
    assert puppets[1].begun == []


def test_one_claim_at_a_time(tmp_path: Path) -> None:
    first = Claim.taken(tmp_path)
    assert first is not None
    assert Claim.taken(tmp_path) is None
    first.release()
    second = Claim.taken(tmp_path)
    assert second is not None
    second.release()
    assert Claim.taken(tmp_path / "nowhere") is None


def errand(folder: Path) -> Errand:
    box, job_id = Box(folder), "01930f6e-0000-7000-8000-000000000000"
    box.keep(job_id, LETTERS)
    return Errand(plan.PROPOSALS, box.of(job_id))


def working(parent: psutil.Process) -> psutil.Process | None:
    """The process that a server has beside it for its work."""
    beside = [child for child in parent.children() if "spawn_main" in " ".join(child.cmdline())]
    return beside[0] if beside else None


def test_the_work_is_done_in_a_process_of_its_own_and_tells_each_stage(tmp_path: Path) -> None:
    told: list[tuple[str, int, int, str]] = []
    done = beside(errand(tmp_path), lambda *each: told.append(each), lambda: None)

    stages = list(dict.fromkeys(stage for stage, *_rest in told))
    declared = [stage for stage, _low, _high in plan.STEPS[plan.PROPOSALS]]
    assert [stage for stage in declared if stage in stages] == stages
    assert stages[:2] == ["initializing", "clustering"]
    assert all(0 <= current <= total for _stage, current, total, _message in told)
    assert done.result["texts"] == 6
    assert done.result["left_out"] == 1
    titles = [each["title"] for each in done.result["proposals"]]
    assert any("bench" in title.lower() for title in titles)
    assert any("library" in title.lower() for title in titles)


def test_a_worker_that_is_killed_is_noticed_at_once(tmp_path: Path) -> None:
    fault: list[BaseException] = []

    def run() -> None:
        try:
            beside(errand(tmp_path), lambda *_each: None, lambda: None)
        except Exception as error:
            fault.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    child = eventually(lambda: working(psutil.Process()))
    child.kill()
    thread.join(10)
    assert [type(error) for error in fault] == [WorkerDied]


def test_work_that_should_stop_is_stopped_in_the_middle(tmp_path: Path) -> None:
    def balk() -> None:
        if working(psutil.Process()):
            raise Closing("x")

    with pytest.raises(Closing):
        beside(errand(tmp_path), lambda *_each: None, balk)
    assert working(psutil.Process()) is None


def command(folder: Path, store: str) -> AbstractContextManager[Started]:
    return commands.served(Started, COMMAND, folder, "--store", store, stderr=subprocess.PIPE)


def test_a_server_that_is_killed_leaves_no_process_and_the_next_one_ends_its_jobs(tmp_path: Path, store: str) -> None:
    def progress(room: Started, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = room.client.get(f"{API}/jobs/{job_id}/progress").raise_for_status().json()
        return found

    with command(tmp_path, store) as room:
        room.client.post("/api/sign-in", json={"person": "ada"})
        files = [("texts", (name, content)) for name, content in LETTERS]
        job_id = room.client.post(f"{API}/proposals", files=files).json()["jobId"]
        cookies = dict(room.client.cookies)
        worker = eventually(lambda: working(psutil.Process(room.process.pid)), within_s=30)
        eventually(lambda: progress(room, job_id)["status"] == "running", within_s=30)
        room.process.kill()
        room.process.wait()
        _gone, alive = psutil.wait_procs([worker], timeout=60)
        assert alive == [], "it ends when nobody listens any more"

    with command(tmp_path, store) as room:
        room.client.cookies.update(cookies)
        eventually(lambda: progress(room, job_id)["status"] == "succeeded", within_s=60)
        ended = progress(room, job_id)
        assert ended["percent"] == 100
        made = room.client.get(f"{API}/jobs/{job_id}/outcome").json()
        assert [left["name"] for left in made["left_out"]] == ["7.jpg"]
        assert len(made["proposals"]) == len(ended["result"]["proposals"]) > 0


def test_a_server_that_is_told_to_leave_ends_its_streams_and_says_nothing_bad(tmp_path: Path, store: str) -> None:
    headers = {"Accept": "text/event-stream"}
    with command(tmp_path, store) as room:
        room.client.post("/api/sign-in", json={"person": "ada"})
        with room.client.stream("GET", f"{API}/status", headers=headers) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry: ")
            room.process.terminate()
            assert [line for line in lines if line.strip(":")] == [], "it ends as a stream should"
        room.process.wait(15)
        assert room.process.stderr is not None
        assert room.process.stderr.read() == ""


def test_the_sample_letters_become_a_tree_in_the_terminal(tmp_path: Path) -> None:
    ran = commands.ran(COMMAND, tmp_path, "--once")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.search(r"succeeded: \d\d proposals from 23\d texts", ran.stdout)
    assert re.search(r"succeeded: \d+ blocks with \d\d nodes", ran.stdout)
    assert "├── " in ran.stdout
    assert max(len(line) for line in ran.stdout.splitlines()[-20:]) <= 80
    assert [path for path in tmp_path.iterdir() if path.name.startswith("headway-proposals")] == []
