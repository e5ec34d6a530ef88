"""A store that is away, a room that closes, a server that is killed: work goes on, and what is shown holds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from examples.images import plan, samples
from examples.images.room import Room
from examples.images.samples import encoded, lighthouse
from tests.examples import commands
from tests.examples.images.puppets import DONE, Puppet
from tests.examples.images.serving import served
from tests.examples.locked import away
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.examples.images.puppets import GatedStorage
    from tests.examples.images.serving import Studio

COMMAND = (sys.executable, "-m", "examples.images")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_PATIENCE_S", "0.05")


def test_an_upload_while_the_store_is_away_is_refused_and_keeps_nothing(
    studio: Studio, gated: GatedStorage, store: str, drawing: bytes
) -> None:
    studio.client.get("/")
    with away(store):
        answer = studio.client.post("/api/uploads", files={"image": ("x.jpg", drawing)})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json() == {"success": False, "error": {"code": "STORE_UNAVAILABLE"}}
    assert gated.keys == set()


def test_work_goes_on_while_the_store_is_away_and_is_told_when_it_is_back(
    studio: Studio, puppet: Puppet, store: str, drawing: bytes, gated: GatedStorage
) -> None:
    session = studio.bring(drawing)
    puppet.orders.put(0.5)
    studio.seen(session, progress=50)
    with away(store):
        puppet.orders.put(DONE)
        shown = studio.seen(session, status="completed")
        assert studio.room.reporter.get(session.job_id)["status"] == "running", "the store knows nothing of it yet"
        assert f"previews/{shown['resultId']}.jpg" in gated.keys

    eventually(lambda: studio.room.reporter.get(session.job_id)["status"] == "succeeded")
    assert studio.status(session)["resultId"] == shown["resultId"]
    history = studio.room.reporter.history(session.job_id)
    assert [event["step"] for event in history if event["type"] == "step_started"] == list(plan.ORDER)


def test_a_room_that_closes_leaves_its_job_to_the_next_one(
    tmp_path: Path, store: str, gated: GatedStorage, drawing: bytes
) -> None:
    first, second = Puppet(), Puppet()
    with served(Room(folder=tmp_path, store=store, objects=gated, generator=first, workers=1)) as studio:
        session = studio.bring(drawing)
        first.orders.put(0.5)
        before = studio.seen(session, progress=50)
        waiting = studio.bring(drawing)
    first.orders.put(0.6)  # what was held moves once more, and learns that the room is closed

    with served(Room(folder=tmp_path, store=store, objects=gated, generator=second, workers=1)) as studio:
        between = studio.status(session)
        assert (between["stage"], between["progress"]) == (before["stage"], before["progress"])
        second.let_go()
        assert studio.seen(session, status="completed")["progress"] == 100
        studio.seen(waiting, status="completed")


def test_a_kill_in_the_middle_never_takes_a_poll_backwards(tmp_path: Path, store: str) -> None:
    seen: list[tuple[int, int]] = []

    def polled(room: commands.Started, until: int) -> bool:
        status = room.client.get(address, headers={"X-Session-Token": token}).json()
        stage = status["stage"]
        order = (None, *plan.ORDER, plan.COMPLETE)
        seen.append((order.index(stage), status["progress"]))
        return bool(status["progress"] >= until)

    with commands.served(commands.Started, COMMAND, tmp_path / "room", "--store", store) as room:
        brought = encoded(lighthouse(1600, 1200), "JPEG")
        answer = room.client.post("/api/uploads", files={"image": ("x.jpg", brought)}).json()
        address, token = f"/api/status/{answer['jobId']}", answer["sessionToken"]
        eventually(lambda: polled(room, 45), within_s=60)
        room.kill()

    with commands.served(commands.Started, COMMAND, tmp_path / "room", "--store", store) as room:
        eventually(lambda: polled(room, 100), within_s=90)

    assert seen == sorted(seen), "neither the stage nor the percent ever goes back"
    assert max(percent for _stage, percent in seen) == 100


def test_all_samples_end_as_they_should_in_the_terminal(tmp_path: Path) -> None:
    ran = commands.ran(COMMAND, tmp_path, "--once")

    assert (ran.returncode, ran.stderr) == (0, "")
    for sample in samples.samples():
        ended = "failed" if sample.refused else "succeeded"
        assert any(line.startswith(sample.name) and line.endswith(ended) for line in ran.stdout.splitlines())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("headway-")] == []
