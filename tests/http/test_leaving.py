"""Owns the proof that a server leaves within seconds whoever is connected, and that its clients go on elsewhere."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.http.application import Application
from headway.http.loopback import loopback
from headway.hub.hub import Pace
from headway.reporting.committer import Committer
from headway.stores.address import open_store
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Store
from tests.board import Board
from tests.http.conftest import QUICK, Api, Running
from tests.http.streaming import Listening
from tests.hub.conftest import Works
from tests.scale import Scale
from tests.waiting import eventually

SERVE = (
    "import sys; from headway.http import serve; serve(sys.argv[1], port=0, ready=lambda url: print(url, flush=True))"
)
MOUNTED = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
import headway.http
application = Starlette(routes=[Mount("/jobs", headway.http.app(sys.argv[1]))])
uvicorn.run(application, port=int(sys.argv[2]), log_level="error")
"""


class Process:
    """A server in a process of its own."""

    def __init__(self, script: str, *arguments: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def url(self) -> str:
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline().strip()
        assert re.fullmatch(r"http://127.0.0.1:\d+", line), (line, self.popen.stderr)
        return line

    def left_within(self, seconds: float) -> str:
        """What it said on the way out."""
        _, errors = self.popen.communicate(timeout=seconds)
        return errors

    def tell(self, number: int) -> None:
        self.popen.send_signal(number)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *raised: object) -> None:
        self.popen.kill()
        self.popen.communicate()


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
def shared(address: str) -> Iterator[Store]:
    """The store of the server's process, opened in this one too."""
    store = open_store(address)
    yield store
    store.close()


def test_with_many_streams_it_leaves_in_time_and_every_client_resumes(
    address: str, shared: Store, scale: Scale
) -> None:
    works = Works(shared)
    job_id = works.job()
    with Process(SERVE, address) as server:
        url = server.url()
        clients = [Listening(url) for _ in range(scale(200, 1_000))]
        for client in clients:
            client.synced()
        began = time.monotonic()
        server.tell(signal.SIGTERM)
        for client in clients:
            client.to_the_end()
            assert client.ended, "a stream was cut off"
            assert client.stream.retry
        assert server.left_within(5) == ""
        took = time.monotonic() - began
        print(f"{len(clients)} streams ended within {took:.1f} s")
        assert took < 5
    works.note(job_id, "while nobody served")
    with Process(SERVE, address) as server:
        url = server.url()
        back = [Listening(url, cursor=client.stream.last_id, board=client.board) for client in clients]
        for again in back:
            again.synced()
            assert again.seqs == [3]
            assert not again.board.resets
    for client in clients + back:
        client.close()


def test_told_twice_it_leaves_once(address: str) -> None:
    with Process(SERVE, address) as server:
        with Listening(server.url()).synced() as client:
            server.tell(signal.SIGTERM)
            server.tell(signal.SIGTERM)
            client.to_the_end()
            assert client.ended
        assert server.left_within(5) == ""


@pytest.mark.parametrize("pause", [0.0, 0.1, 0.3, 0.6])
def test_told_while_it_starts_it_leaves(address: str, pause: float) -> None:
    with Process(SERVE, address) as server:
        with pytest.raises(subprocess.TimeoutExpired):
            server.popen.wait(pause or 0.001)
        server.tell(signal.SIGTERM)
        assert "Traceback" not in server.left_within(5)


def test_interrupted_at_the_keyboard_it_leaves(address: str) -> None:
    with Process(SERVE, address) as server:
        with Listening(server.url()).synced() as client:
            server.tell(signal.SIGINT)
            client.to_the_end()
        server.left_within(5)


def test_a_long_poll_is_answered_when_the_server_leaves() -> None:
    application = Application(MemoryStore(), policy=loopback, pace=QUICK, hosted=False)
    with Running(application, [application]) as running:
        api = Api(running.url)
        cursor = api.http.get("/v1/events").json()["next_cursor"]
        with Listening(running.url, f"/v1/events?cursor={cursor}&wait=30", Accept="application/json") as waiting:
            eventually(lambda: len(running.hub._channels))
            began = time.monotonic()
            running.stop()
            waiting.until(lambda: waiting.status)
            assert waiting.status == 200
            assert time.monotonic() - began < 5
        api.close()


def test_mounted_in_a_server_that_knows_nothing_of_streams_it_lets_it_go(address: str) -> None:
    with Running(Application(MemoryStore(), policy=loopback, pace=QUICK), []) as free:
        port = free.port
    with Process(MOUNTED, address, str(port)) as server:
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: _listens(port))
        with Listening(url, "/jobs/v1/events").synced() as client:
            server.tell(signal.SIGTERM)
            client.to_the_end()
            assert client.ended
        server.left_within(5)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_an_open_page_goes_on_after_the_server_was_restarted(address: str, shared: Store) -> None:
    works = Works(shared)
    job_id = works.job()
    board, cursor = Board(), None
    for number in range(3):
        with Process(SERVE, address) as server:
            with Listening(server.url(), cursor=cursor, board=board).synced() as client:
                works.note(job_id, f"note {number}")
                client.until(lambda: board.events and board.events[-1][1] == works.state(job_id).seq)
                cursor = client.stream.last_id
            server.tell(signal.SIGKILL if number % 2 else signal.SIGTERM)
            server.left_within(5)
        works.tick(job_id, number)
    assert board.events == [(job_id, 3), (job_id, 4), (job_id, 5)]
    assert not board.resets


def test_an_older_backup_under_a_new_server_resets_its_readers(address: str, tmp_path: Path) -> None:
    """Never a silent skip: what was told after the backup did not happen in this history."""
    file, backup = tmp_path / "jobs.db", tmp_path / "backup.db"
    store = open_store(address)
    works = Works(store)
    job_id = works.job()
    store.close()
    shutil.copy(file, backup)
    cursors = []
    for text, count in (("before the fire", 1), ("after it", 3)):
        store = open_store(address)
        with Process(SERVE, address) as server, Listening(server.url()).synced() as client:
            works = Works(store)
            works.committer = Committer(store)  # by the real clock, as two histories are
            for _ in range(count):
                works.note(job_id, text)
            client.until(lambda: client.seqs)
            cursors.append(client.stream.last_id)
        store.close()
        for leftover in tmp_path.glob("jobs.db*"):
            leftover.unlink()
        shutil.copy(backup, file)
    with Process(SERVE, address) as server:
        url = server.url()
        for cursor in cursors:
            with Listening(url, cursor=cursor).synced() as again:
                assert again.named("reset")[0]["reason"] in ("ahead", "history_differs", "other_store")


def test_what_another_process_writes_is_seen_within_milliseconds(address: str, shared: Store) -> None:
    """Scaled down: the figures stand in the benchmark."""
    works = Works(shared)
    job_id = works.job()
    with Process(SERVE, address) as server, Listening(server.url()).synced() as client:
        took = []
        for number in range(30):
            began = time.monotonic()
            works.note(job_id, f"note {number}")
            client.until(lambda: client.seqs and client.seqs[-1] == works.state(job_id).seq)
            took.append(time.monotonic() - began)
        assert sorted(took)[len(took) // 2] < 0.1
        server.tell(signal.SIGTERM)
        client.to_the_end()


@pytest.fixture
def pace() -> Pace:
    return Pace(tick_s=0.005, heartbeat_s=0.05, readers_max=3)


def test_a_full_server_says_when_to_come_back(api: Api, server: Running) -> None:
    clients = [Listening(api.url).synced() for _ in range(3)]
    with Listening(api.url).to_the_end() as late:
        assert (late.status, late.got) == (200, [])
        assert late.stream.retry
    assert api.http.get("/readyz").json()["parts"]["streams"] == "full"
    clients.pop().close()
    eventually(lambda: len(server.hub.readers) == 2)
    with Listening(api.url).synced():
        for client in clients:
            client.close()
