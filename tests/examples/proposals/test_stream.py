"""The stream of a project: the newest of each job at once, every change to everybody, nothing missed while away."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from examples.proposals import plan
from examples.proposals.room import Room
from examples.proposals.stream import _Client
from tests.examples.locked import away
from tests.examples.proposals.puppets import MADE, RESULT, Puppet
from tests.examples.proposals.serving import API, served
from tests.stores.wakeups.servers import redis_server
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.examples.proposals.serving import Served

    Wire = dict[str, Any]


def until(messages: Iterator[Wire], job_id: str, stage: str) -> list[Wire]:
    """The progress of one job, told up to a stage."""
    told = []
    for message in messages:
        if message["jobId"] == job_id:
            told.append(message["progress"])
            if message["progress"]["stage"] == stage:
                break
    return told


class Watcher:
    """Somebody who reads a stream beside the test."""

    def __init__(self, box: Served, person: str, job_id: str, stage: str) -> None:
        self.told: list[Wire] = []
        self.synced = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(box, person, job_id, stage))
        self._thread.start()

    def _read(self, box: Served, person: str, job_id: str, stage: str) -> None:
        with box.stream(person=person) as messages:
            for message in messages:
                if message["jobId"] == job_id:
                    self.told.append(message)
                    self.synced.set()
                    if message["progress"]["stage"] == stage:
                        return

    def ended(self) -> list[Wire]:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.told


def test_many_clients_are_told_the_same_of_every_stage(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    for person in ("ada", "ben"):
        box.as_(person)  # they sign in before they read beside each other
    watchers = [Watcher(box, person, job_id, "complete") for person in ("ada", "ben") * 5]
    for watcher in watchers:
        assert watcher.synced.wait(20)
    for stage, low, _high in plan.STEPS[plan.PROPOSALS][:4]:
        puppet.tell(stage, 0, 1, f"{stage} begins")
        box.seen(job_id, stage=stage, percent=float(low))
    puppet.finish()

    for watcher in watchers:
        told = watcher.ended()
        for message in told:
            assert message.keys() == {"type", "jobId", "progress"}
            assert (message["type"], message["jobId"]) == ("progress_update", job_id)
            assert message["progress"].keys() == {"stage", "current", "total", "message", "timestamp"}
            assert type(message["progress"]["timestamp"]) is int
        stages = list(dict.fromkeys(message["progress"]["stage"] for message in told))
        assert stages == ["initializing", "clustering", "synthesizing", "deduplicating", "complete"]
        currents = [message["progress"]["current"] for message in told]
        assert currents == sorted(currents)
        times = [message["progress"]["timestamp"] for message in told]
        assert times == sorted(times)


def test_who_was_away_is_told_the_end_that_they_missed(box: Served, puppet: Puppet, room: Room) -> None:
    job_id = box.bring()
    puppet.tell(plan.CLUSTERING)
    with box.stream() as messages:
        until(messages, job_id, "clustering")
    puppet.finish()
    box.seen(job_id, stage="complete")
    # As if it had been so long that the memory knows nothing of the job any more.
    room.tracker.close()

    with box.stream() as messages:
        told = until(messages, job_id, "complete")
    assert [progress["stage"] for progress in told] == ["complete"]


def test_a_stream_says_when_to_come_back(box: Served) -> None:
    with box.as_("ada").stream("GET", f"{API}/status") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        first = next(answer.iter_lines())
    name, _colon, milliseconds = first.partition(": ")
    assert name == "retry"
    assert 500 <= int(milliseconds) <= 5000


def test_who_cannot_stream_polls_the_same_address(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    puppet.tell(plan.SYNTHESIZING, 1, 2, "writes")
    box.seen(job_id, stage="synthesizing")
    with box.stream() as messages:
        [streamed] = until(messages, job_id, "synthesizing")

    answer = box.as_("ben").get(f"{API}/status", headers={"Accept": "application/json"})
    assert answer.json() == {"updates": [{"type": "progress_update", "jobId": job_id, "progress": streamed}]}


def test_the_plain_read_says_what_the_stream_says(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    puppet.tell(plan.CLUSTERING, 2, 4, "groups")
    box.seen(job_id, stage="clustering", message="groups")

    with box.stream() as messages:
        told = until(messages, job_id, "clustering")
    assert told[-1] == box.progress(job_id)["progress"]


def test_a_stage_that_counts_fast_is_told_in_few_messages(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    with box.stream() as messages:
        for done in range(2000):
            puppet.tell(plan.CLUSTERING, done, 2000, f"chunk {done}")
        puppet.finish()
        told = until(messages, job_id, "complete")
    assert len(told) < 200
    assert told[-1]["message"] == "2 proposals from 3 texts"


@pytest.mark.usefixtures("impatient")
def test_a_stream_goes_on_while_the_store_is_away(box: Served, puppet: Puppet, store: str) -> None:
    job_id = box.bring()
    puppet.tell(plan.CLUSTERING)
    box.seen(job_id, stage="clustering")
    with box.stream() as messages, away(store):
        until(messages, job_id, "clustering")
        puppet.tell(plan.SYNTHESIZING, 0, 1, "goes on")
        told = until(messages, job_id, "synthesizing")
        assert told[-1]["message"] in ("at work", "goes on")
        assert box.room.reporter.get(job_id)["step"] == "clustering", "the store knows nothing of it yet"
        # A client that comes only now is told the same.
        with box.stream(person="ben") as others:
            until(others, job_id, "synthesizing")
        health = box.as_(None).get("/api/health")
        assert health.status_code == 503
        assert "written later" in health.json()["parts"]["store"]
        puppet.finish()
        until(messages, job_id, "complete")

    eventually(lambda: box.room.reporter.get(job_id)["status"] == "succeeded")
    eventually(lambda: box.as_(None).get("/api/health").status_code == 200)


def test_clients_that_leave_leave_nothing_behind(box: Served) -> None:
    def clients() -> int:
        return int(box.as_("ada").get(f"{API}/debug").json()["clients"])

    with box.stream() as messages:
        box.bring()
        next(messages)
        assert clients() == 1
    eventually(lambda: clients() == 0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examples.proposals.stream.HEARTBEAT_S", 0.05)
    monkeypatch.setattr("examples.proposals.stream.AGE_S", 0.5)


@pytest.mark.usefixtures("quick")
def test_a_quiet_stream_shows_that_it_lives_and_ends_when_it_is_old(box: Served) -> None:
    with box.as_("ada").stream("GET", f"{API}/status", headers={"Accept": "text/event-stream"}) as answer:
        lines = list(answer.iter_lines())

    assert lines.count(":") >= 3


def test_a_slow_reader_is_owed_one_state_of_each_job(box: Served) -> None:
    client = _Client("harbour")
    job_id = box.bring()
    job = box.room.reporter.get(job_id)
    for version in range(10_000):
        client.put({**job, "version": version})

    assert client.taken().count(b"data: ") == 1
    assert client.taken() == b""


Started = tuple["Served", "Served", Puppet]


def both(tmp_path: Path, store: str, look: Callable[[Started], None]) -> None:
    """Two servers, each with a folder and a worker of its own, on one store."""
    puppet = Puppet()
    one = Room(folder=tmp_path / "one", store=store, workers=1, hand=puppet)
    other = Room(folder=tmp_path / "two", store=store, workers=1, hand=Puppet())
    with served(one) as first, served(other) as second:
        look((first, second, puppet))
        puppet.let_go()


def same_on_both(started: Started) -> None:
    first, second, puppet = started
    job_id = first.bring()
    with first.stream() as here, second.stream(person="ben") as there:
        for stage in (plan.INITIALIZING, plan.CLUSTERING, plan.SYNTHESIZING):
            puppet.tell(stage, 0, 1, f"{stage}!")
        puppet.finish()
        told = [until(messages, job_id, "complete") for messages in (here, there)]
    assert told[0][-1] == told[1][-1]
    for each in told:
        stages = [progress["stage"] for progress in each]
        assert set(stages) <= {stage for stage, _low, _high in plan.STEPS[plan.PROPOSALS]}
        assert [progress["current"] for progress in each] == sorted(progress["current"] for progress in each)
    assert first.progress(job_id) == second.progress(job_id)
    assert first.progress(job_id)["result"] == RESULT


def test_two_servers_on_one_file_show_the_same(tmp_path: Path, store: str) -> None:
    both(tmp_path, store, same_on_both)


def test_two_servers_on_one_postgres_show_the_same(tmp_path: Path, store: str, database: str) -> None:
    both(tmp_path, database, same_on_both)


def test_two_servers_that_tell_each_other_over_redis_show_the_same(
    tmp_path: Path, store: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis import Redis

    server = redis_server()
    server.start()
    monkeypatch.setenv("HEADWAY_BUS", server.url)

    def look(started: Started) -> None:
        with Redis.from_url(server.url) as redis:
            eventually(redis.pubsub_channels)  # they listen there
        same_on_both(started)

    try:
        both(tmp_path, database, look)
    finally:
        server.stop()


def test_two_servers_that_share_a_folder_do_each_job_once(tmp_path: Path, store: str) -> None:
    hands = [Puppet(), Puppet()]
    rooms = [Room(folder=tmp_path / "box", store=store, workers=2, hand=hand) for hand in hands]
    for hand in hands:
        hand.let_go()
    with served(rooms[0]) as first, served(rooms[1]) as second:
        jobs = [box.bring() for box in (first, second) * 6]
        for job_id in jobs:
            assert first.seen(job_id, stage="complete")["attempt"] == 1
            outcome = second.as_("ada").get(f"{API}/jobs/{job_id}/outcome")
            assert outcome.json() == MADE

    begun = [errand.folder.name for hand in hands for errand in hand.begun]
    assert sorted(begun) == sorted(jobs)


SQL = {
    "update": "select outcome from headway.update_job_progress(%s, %s, %s, %s, %s)",
    "complete": "select outcome from headway.complete_job_progress(%s, %s)",
    "error": "select outcome from headway.error_job_progress(%s, %s)",
}


def test_a_writer_in_sql_is_seen_on_the_stream(tmp_path: Path, store: str, database: str) -> None:
    import psycopg

    with served(Room(folder=tmp_path / "box", store=database, workers=1, hand=Puppet())) as box:
        good = box.room.tracker.create(plan.PROPOSALS, project="harbour")
        bad = box.room.tracker.create(plan.TREE, project="harbour")
        with psycopg.connect(database, autocommit=True) as connection, box.stream() as messages:

            def told(name: str, *values: object) -> None:
                assert connection.execute(SQL[name], values).fetchone() == ("stored",)

            for number, (stage, _low, _high) in enumerate(plan.STEPS[plan.PROPOSALS][:4], 1):
                told("update", good, stage, number, 5, f"{stage} by SQL")
                progress = until(messages, good, stage)[-1]
                if progress["message"] != f"{stage} by SQL":  # what was shown first was that it waits
                    progress = until(messages, good, stage)[-1]
                assert (progress["current"], progress["total"]) == (number, 5)
            told("complete", good, "all from SQL")
            assert until(messages, good, "complete")[-1]["message"] == "all from SQL"
            told("update", bad, "fetching", 2, 7, "reads")
            told("error", bad, "the model did not answer")
            failed = until(messages, bad, "error")[-1]
            assert (failed["message"], failed["current"]) == ("the model did not answer", 2)
            with pytest.raises(psycopg.Error) as refused:
                told("update", bad, "polishing", 1, 7, "no")
            assert refused.value.sqlstate in ("HW404", "HW409")
        assert box.progress(bad)["percent"] == 14


def test_frames_are_json_on_one_line(box: Served, puppet: Puppet) -> None:
    job_id = box.bring()
    puppet.tell(plan.CLUSTERING, 0, 1, "one\nevent: x\rid: 9\u2028two")
    box.seen(job_id, stage="clustering")
    with box.as_("ada").stream("GET", f"{API}/status", headers={"Accept": "text/event-stream"}) as answer:
        for line in answer.iter_lines():
            assert line == "" or line.startswith(("retry: ", "data: ", ":"))
            if line.startswith("data: "):
                assert json.loads(line[6:])["progress"]["message"] == "one\nevent: x\rid: 9\u2028two"
                break
