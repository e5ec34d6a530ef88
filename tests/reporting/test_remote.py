"""A worker behind HTTP has the same handles and the same errors, and a server that goes away does not stop it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import headway
from headway.core.errors import (
    Cancelled,
    Fenced,
    IllegalTransition,
    InvalidReport,
    InvalidSetting,
    JobExists,
    StoreUnavailable,
    UnknownJob,
    UnknownStep,
)
from headway.http.application import Application
from headway.http.loopback import loopback
from headway.reporting.committer import Committer
from headway.reporting.remote import HttpLink
from headway.reporting.reporter import Reporter
from headway.stores.memory import MemoryStore
from headway.watching.change import Change
from tests.http.conftest import QUICK, Running
from tests.waiting import eventually


class Served:
    """A store and the server before it, which can go and come back on the same port."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.running = self._serve()

    def _serve(self, port: int = 0) -> Running:
        committer = Committer(self.store)
        application = Application(self.store, policy=loopback, pace=QUICK, committer=committer, hosted=False)
        return Running(application, [application], port=port)

    def restart(self, meanwhile: Callable[[], object]) -> None:
        """Goes, and comes back on the same port."""
        port = self.running.port
        self.running.stop()
        meanwhile()
        self.running = self._serve(port)

    def types(self, job_id: str) -> list[str]:
        return [event.type for event in self.store.history(job_id, limit=1000)]


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.running.stop()


@pytest.fixture
def remote(served: Served, tmp_path: Path) -> Iterator[Reporter]:
    with Reporter(HttpLink(served.running.url), spool=tmp_path / "spool", flush_s=0.02) as reporter:
        yield reporter


def test_a_whole_job_is_reported(remote: Reporter, served: Served) -> None:
    with remote.start("report", steps=["scan", ("render", 8)], project="acme", labels={"ref": "main"}) as job:
        with job.step("scan") as step:
            step.advance(3)
        for _ in job.track(range(5), step="render", unit="pages"):
            pass
        assert job.note("all rendered", detail={"pages": 5}) == "stored"
        job.result = {"pages": 5}
    seen = remote.get(job.id)
    assert (seen["status"], seen["result"], seen["project"], seen["labels"]) == (
        "succeeded",
        {"pages": 5},
        "acme",
        {"ref": "main"},
    )
    assert [(step["current"], step["unit"]) for step in seen["steps"]] == [(3, None), (5, "pages")]


def test_ticks_travel_by_themselves(remote: Reporter, served: Served) -> None:
    job = remote.start("report")
    job.update(current=3, total=9, message="three of nine")
    eventually(lambda: remote.get(job.id)["progress"]["current"] == 3)
    job.succeed()


class Listed(HttpLink):
    """Remembers what it asked."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[str] = []

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        self.asked.append(method)
        return super()._exchange(method, path, body)


def test_each_request_that_changes_something_counts_as_a_commit(served: Served, tmp_path: Path) -> None:
    link = Listed(served.running.url)
    with Reporter(link, spool=tmp_path / "spool") as reporter:
        with reporter.start("report") as job:
            job.advance(3)
        assert reporter.get(job.id)["status"] == "succeeded"
        counts = reporter.counts()
        assert (counts.counted, counts.transitions) == (3, 1)
        assert counts.commits == link.asked.count("POST") < len(link.asked)


def test_errors_are_the_same_as_at_the_store(remote: Reporter) -> None:
    with remote.start("report", steps=["scan"]) as job:
        with pytest.raises(UnknownStep, match="scan") as unknown:
            job.step("nothing")
        assert (unknown.value.field, unknown.value.index) == ("step", 0)
        with pytest.raises(InvalidReport, match="reason"):
            job.wait("tea")
    with pytest.raises(IllegalTransition, match="retry it") as late:
        job.note("late")
    assert late.value.state == "succeeded"
    with pytest.raises(UnknownJob):
        remote.attach("01a20220-aea3-77d7-b73d-752de7f4bad6")
    with pytest.raises(JobExists):
        remote.create("other", id=job.id)


def test_a_superseded_worker_is_fenced(remote: Reporter) -> None:
    old = remote.start("report")
    new = remote.attach(old.id, takeover=True)
    with pytest.raises(Fenced) as fenced:
        old.note("late")
    assert (fenced.value.attempt, fenced.value.current) == (1, 2)
    new.succeed()


def test_a_silent_worker_hears_of_a_cancel(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headway.reporting.remote.PULSE_S", 0.05)
    with Reporter(HttpLink(served.running.url), spool=tmp_path, flush_s=0.02) as remote:
        job = remote.start("report")
        remote.cancel(job.id)
        eventually(lambda: job.cancelled)
        with pytest.raises(Cancelled):
            job.advance()
        job.acknowledge_cancel()
        assert remote.get(job.id)["status"] == "cancelled"


def test_pulses_keep_the_lease_and_leave_no_history(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headway.reporting.remote.PULSE_S", 0.01)
    with Reporter(HttpLink(served.running.url), spool=tmp_path, flush_s=0.01) as remote:
        job = remote.start("report")
        part = job._producer.part
        assert part is not None
        eventually(lambda: served.store.last_batch(job.id, 1, part.producer) >= 3)
        assert served.types(job.id) == ["created", "started"]
        job.succeed()


def test_a_server_that_goes_away_does_not_stop_the_work(served: Served, tmp_path: Path) -> None:
    port = served.running.port
    with Reporter(HttpLink(served.running.url), spool=tmp_path, flush_s=0.02) as remote:
        job = remote.start("report", steps=["scan"])
        served.running.stop()
        assert job.note("into the void") == "spooled"
        with job.step("scan") as step:
            step.advance(4)
        assert job.succeed() == "spooled"
        committer = Committer(served.store)
        application = Application(served.store, policy=loopback, pace=QUICK, committer=committer, hosted=False)
        served.running = Running(application, [application], port=port)
        eventually(lambda: served.types(job.id)[-1] == "succeeded")
    assert served.types(job.id)[2:] == ["noted", "step_started", "step_succeeded", "succeeded"]


class Cutting:
    """A server that takes a request and closes without a word, as many times as it is told; then it answers."""

    def __init__(self, upstream: int, cuts: int) -> None:
        self._upstream = upstream
        self._cuts = cuts
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        """Passes each request on; swallows the answer while there are cuts left."""
        with client, socket.create_connection(("127.0.0.1", self._upstream)) as server:
            while request := _message(client):
                server.sendall(request)
                answer = _message(server)
                if self._cuts and b"/reports" in request:
                    self._cuts -= 1
                    return
                client.sendall(answer)


def _message(connection: socket.socket) -> bytes:
    """One whole request or answer; empty when the other side has closed."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
        head, end, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *([0-9]+)", head)
        if end and len(body) >= (int(length[1]) if length else 0):
            return received
    return b""


def test_an_answer_that_was_cut_off_counts_once(served: Served, tmp_path: Path) -> None:
    cutting = Cutting(served.running.port, cuts=3)
    with Reporter(HttpLink(cutting.url), spool=tmp_path, flush_s=0.02) as remote:
        job = remote.start("report")
        for number in range(6):
            job.advance(10)
            job.note(str(number))
        job.succeed()
        eventually(lambda: served.types(job.id)[-1] == "succeeded")
        noted = [event.message for event in served.store.history(job.id, limit=100) if event.type == "noted"]
        assert noted == [str(number) for number in range(6)]
        assert remote.get(job.id)["progress"]["current"] == 60
    cutting.close()


def test_something_that_is_no_headway_server_is_named(tmp_path: Path) -> None:
    def answer() -> None:
        client, _ = listening.accept()
        with client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<h1>Welcome</h1")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with Reporter(HttpLink(url), spool=tmp_path) as remote, pytest.raises(StoreUnavailable, match="Headway server"):
            remote.start("report")
        thread.join()


def test_nobody_there_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    link = HttpLink(f"http://127.0.0.1:{port}")
    with Reporter(link, spool=tmp_path) as remote, pytest.raises(StoreUnavailable, match="cannot be reached"):
        remote.start("report")


@pytest.mark.parametrize("url", ["http://", "https://user:secret@host", "http://host?x=1"])
def test_an_address_that_cannot_be_used_is_named_without_its_secrets(url: str) -> None:
    with pytest.raises(InvalidSetting) as wrong:
        headway.connect(url)
    assert "secret@" not in str(wrong.value)


def test_lists_and_histories_are_read_page_by_page(remote: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headway.reporting.remote.PAGE_MAX", 2)
    jobs = [
        remote.start("report", subject=f"file-{n % 2}", project="acme", labels={"n": n, "s": str(n)}) for n in range(5)
    ]
    newest_first = [job.id for job in reversed(jobs)]
    assert [job["id"] for job in remote.jobs(project="acme")] == newest_first
    assert [job["id"] for job in remote.jobs(limit=3)] == newest_first[:3]
    assert [job["id"] for job in remote.jobs(subject="file-1", kind=["report", "index"])] == [jobs[3].id, jobs[1].id]
    assert [job["id"] for job in remote.jobs(label=("n", 3))] == [jobs[3].id]
    assert [job["id"] for job in remote.jobs(label=("s", "3"))] == [jobs[3].id]
    assert [job["id"] for job in remote.jobs(id=[jobs[0].id], status="running")] == [jobs[0].id]
    assert remote.jobs(parent=jobs[0].id) == remote.jobs(step="render") == []
    for number in range(5):
        jobs[0].note(f"note {number}")
    assert [entry["seq"] for entry in remote.history(jobs[0].id)] == [1, 2, 3, 4, 5, 6, 7]
    assert [entry["seq"] for entry in remote.history(jobs[0].id, after=3, limit=3)] == [4, 5, 6]
    with pytest.raises(UnknownJob):
        remote.history("0192d3a0-7c00-7000-8000-000000000001")


def test_a_subscription_over_http_outlives_its_server(remote: Reporter, served: Served) -> None:
    told: list[Change] = []

    def seqs() -> list[int]:
        return [change["data"]["seq"] for change in told if change["event"] == "event"]

    job = remote.start("report")
    with headway.subscribe(told.append, id=job.id, reporter=remote) as subscription:
        eventually(lambda: "synced" in [change["event"] for change in told])
        job.note("before")
        eventually(lambda: seqs() == [3])
        served.restart(lambda: job.note("meanwhile"))
        eventually(lambda: seqs() == [3, 4])
        eventually(lambda: not remote.outbox.away)
        job.succeed()
        assert subscription.wait(10)
    assert seqs() == [3, 4, 5]
    assert [change["event"] for change in told][-1] == "end"
    assert "reset" not in [change["event"] for change in told]


def test_a_mirror_over_http_follows_and_answers_from_memory(remote: Reporter, served: Served) -> None:
    with headway.mirror(reporter=remote) as mirror:
        job = remote.start("report", steps=["scan"])
        job.step("scan")
        eventually(lambda: job.id in mirror and mirror.get(job.id)["step"] == "scan")
        assert mirror.get(job.id)["seq"] == remote.get(job.id)["seq"]
        job.succeed()
        eventually(lambda: mirror.get(job.id)["status"] == "succeeded")
        assert mirror.get(job.id) == remote.get(job.id)
