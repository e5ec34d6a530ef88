"""Jobs behind a server: the same commands, and a stream that is resumed where it was cut off."""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headway.cli.sources import stream
from headway.core import commands as c
from headway.core.changes import Event
from headway.core.create import check_facts, create
from headway.core.plan import parse_plan
from headway.core.rules import apply
from headway.core.wire import event_wire, job_wire, merged
from tests.cli.conftest import Program, Works
from tests.cli.jobs import ID, NOW
from tests.cli.programs import Piped, Terminal, Worker, run
from tests.cli.scripted import Connection, Scripted, frame


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as scripted:
        yield scripted


class Life:
    """A job's states and entries, as a server would send them."""

    def __init__(self) -> None:
        job, created = create(check_facts("index", id=ID, now=NOW), parse_plan(["scan", "load"]), NOW)
        self.states = [job_wire(job)]
        self.entries = [event_wire(ID, created)]
        for command in (
            c.Attach(),
            c.StartStep(step="scan"),
            c.Note(message="half way"),
            c.FinishStep(step="scan"),
            c.Fail(error="disk full"),
        ):
            job, changes = apply(job, command, NOW)
            self.entries += [event_wire(ID, change) for change in changes if isinstance(change, Event)]
            self.states.append(json.loads(json.dumps(job_wire(job))))

    def sent(self, first: int, last: int) -> list[bytes]:
        """Entries by number, each with a cursor."""
        return [frame("event", entry, f"at.{entry['seq']}") for entry in self.entries[first - 1 : last]]


def test_a_job_is_followed_through_its_stream(server: Scripted) -> None:
    life = Life()
    server.play(f"/v1/jobs/{ID}", lambda to: to.answer(200, life.states[1]))
    opening = (frame("snapshot", life.states[1]), frame("synced", {"cursor": "at.2"}, "at.2"))
    server.play(f"/v1/jobs/{ID}/events", lambda to: to.stream(*opening, *life.sent(3, 99)))
    ran = run("watch", ID, store=server.url)
    assert ran.returncode == 1
    assert [line.split("  ")[-1].strip() for line in ran.stdout.splitlines()[1:4]] == ["scan", "half way", "scan"]
    assert "disk full" in ran.stdout.splitlines()[-1]


def test_a_stream_that_was_cut_is_resumed_where_it_was(server: Scripted) -> None:
    life = Life()
    server.play(f"/v1/jobs/{ID}", lambda to: to.answer(200, life.states[1]))
    opening = (frame("snapshot", life.states[1]), frame("synced", {"cursor": "at.2"}, "at.2"))
    cut = life.sent(4, 4)[0][:-9]
    server.play(
        f"/v1/jobs/{ID}/events",
        lambda to: to.stream(b"retry: 10\n\n", *opening, *life.sent(3, 3), cut),
        lambda to: to.answer(502, b"<html>bad gateway</html>", "text/html"),
        lambda to: to.answer(200, b"<html>log in first</html>", "text/html"),
        lambda to: to.stream(*life.sent(3, 4)),
        lambda to: to.stream(
            frame("reset", {"reason": "expired"}), frame("snapshot", life.states[3]), *life.sent(4, 99)
        ),
    )
    ran = run("watch", ID, store=server.url)
    assert ran.returncode == 1
    told = [re.match(r"\S+ \S+ +[\d.]+ %  ([\w ]+?)(?:  |$)", line) for line in ran.stdout.splitlines()]
    happened = [line[1] for line in told if line]
    assert happened == ["running", "step started", "noted", "step succeeded", "failed", "failed"]
    notices = [line for line in ran.stdout.splitlines() if line.startswith("(")]
    assert "(the server closed the stream; connecting again)" in notices
    assert "(connected again)" in notices
    assert "(connection lost (answered 502 with text/html); trying again)" in notices
    assert "(the stream began anew (expired))" in notices
    asked = [headers.get("Last-Event-ID") for path, headers in server.asked if path.endswith("/events")]
    assert asked == [None, "at.3", "at.3", "at.3", "at.4"]


def test_a_job_that_had_ended_before_is_read_once_more(server: Scripted) -> None:
    life = Life()
    server.play(f"/v1/jobs/{ID}", lambda to: to.answer(200, life.states[-1]))
    server.play(f"/v1/jobs/{ID}/events", lambda to: to.answer(204, b""))
    assert run("watch", ID, store=server.url).returncode == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_is_refused_for_good_is_not_tried_again(server: Scripted, status: int) -> None:
    server.play(f"/v1/jobs/{ID}", lambda to: to.answer(200, Life().states[1]))
    server.play(f"/v1/jobs/{ID}/events", lambda to: to.answer(status, {"type": "x", "detail": "no"}))
    ran = run("watch", ID, store=server.url)
    assert ran.returncode == 2
    assert ran.stderr == f"headway: store {server.url}: does not stream this ({status} {_reason(status)})\n"


def _reason(status: int) -> str:
    return {401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}[status]


def test_a_server_that_is_none_of_ours_is_told(server: Scripted) -> None:
    server.play("/v1/jobs", lambda to: to.answer(200, b"<html>hello</html>", "text/html"))
    ran = run("ls", store=server.url)
    assert ran.returncode == 2
    assert "is it a Headway server?" in ran.stderr


def test_pauses_grow_and_heed_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _, longest: longest)
    one = stream.Stream("http://127.0.0.1:1", "/v1/events")
    pauses = [one._pause() for _ in range(8)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 0.5
    assert pauses[-1] == stream.LONGEST_PAUSE_S
    one._asked_pause_s = 20.0
    assert one._pause() == 20.0


def test_what_an_entry_tells_is_what_the_server_has() -> None:
    life = Life()
    known = life.states[0]
    for entry in life.entries[1:]:
        known = merged(known, json.loads(json.dumps(entry["job"])))
    assert {**known, "eta": None} == {**life.states[-1], "eta": None}


def test_ids_may_be_cut_before_a_server_too(server: Scripted) -> None:
    others = [dict(Life().states[0], id=f"0192d3a0-7c{n:02x}-7000-8000-00000000000{n}") for n in range(3)]
    server.play("/v1/jobs", lambda to: to.answer(200, {"items": others, "next_cursor": None}))
    server.play(f"/v1/jobs/{others[1]['id']}", lambda to: to.answer(200, others[1]))
    found = run("show", others[1]["id"][:13], "--json", store=server.url)
    assert json.loads(found.stdout)["id"] == others[1]["id"]
    asked = next(path for path, _ in server.asked if path.startswith("/v1/jobs?"))
    assert "created_after=" in asked
    assert "created_before=" in asked
    assert run("show", "0192d3a0", store=server.url).returncode == 2


def test_lists_are_read_page_by_page(server: Scripted) -> None:
    jobs = [dict(Life().states[0], id=f"0192d3a0-7c00-7000-8000-0000000000{n:02}") for n in range(50)]

    def page(to: Connection) -> None:
        first = 0 if "cursor" not in to.path else 40
        to.answer(200, {"items": jobs[first : first + 40], "next_cursor": None if first else "after=40"})

    server.play("/v1/jobs", page)
    ran = run("ls", "--json", "-n", "60", "--kind", "a b&c", "--status", "running", store=server.url)
    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == [job["id"] for job in jobs]
    assert "kind=a+b%26c" in server.asked[0][0]
    assert "status=running" in server.asked[0][0]
    assert "cursor=after%3D40" in server.asked[1][0]


class Served:
    """`headway serve` on a port that stays the same however often it is started."""

    def __init__(self, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self._store = url
        self.url = f"http://127.0.0.1:{self.port}"
        self.program = self._started()

    def kill_and_start(self) -> None:
        self.program.close()
        self.program = self._started()

    def _started(self) -> Piped:
        program = Piped("serve", "--port", self.port, store=self._store)
        assert program.shows("Headway shows").endswith(self.url)
        return program


@pytest.fixture
def served(url: str, works: Works) -> Iterator[Served]:
    serving = Served(url)
    yield serving
    serving.program.close()


def test_a_watcher_outlives_its_server(served: Served, works: Works) -> None:
    job_id = works.job("scan", "load")
    with Piped("watch", job_id, store=served.url) as watch:
        watch.shows("running")
        works.report(job_id, c.StartStep(step="scan"), c.Note(message="before"))
        watch.shows("before")
        served.program.process.kill()
        watch.shows("trying again")
        works.report(job_id, c.Note(message="while it was away"), c.FinishStep(step="scan"))
        served.kill_and_start()
        watch.shows("while it was away")
        works.report(job_id, c.Succeed())
        assert watch.ends() == 0
        told = "\n".join(watch.lines)
        assert [told.count(word) for word in ("before", "while it was away", "step started")] == [1, 1, 1]


def test_a_terminal_shows_that_the_server_is_away(served: Served, works: Works) -> None:
    job_id = works.job("scan")
    works.report(job_id, c.StartStep(step="scan"))
    with Terminal("watch", job_id[:13], store=served.url) as terminal:
        terminal.shows("● scan")
        served.program.process.kill()
        terminal.shows("connection lost")
        served.kill_and_start()
        works.report(job_id, c.Update(current=1, total=4))
        assert "connection lost" not in terminal.shows("1/4")
        works.report(job_id, c.Fail(error="disk full"))
        assert terminal.ends() == 1


def test_every_command_answers_the_same_before_a_server(served: Served, works: Works, headway: Program) -> None:
    failed, running, pending = works.ended("failed"), works.job("scan"), works.job(running=False)
    works.ask(running, c.Lose())
    remote = Program(served.url)
    for args in (("ls",), ("ls", "--status", "failed"), ("show", failed), ("history", failed), ("stuck",)):
        assert remote(*args, "--json").values == headway(*args, "--json").values
    assert remote("show", running[:13]).output == headway("show", running[:13]).output
    assert "is cancelled" in remote("cancel", pending).output
    assert "waits for attempt 2" in remote("retry", failed, "--from-failed").output
    assert works.state(failed).keep_steps
    assert (
        remote("cancel", "0192d3a0-7c00-7000-8000-000000000001").errors
        == headway("cancel", "0192d3a0-7c00-7000-8000-000000000001").errors
    )
    assert remote("retry", running).errors == headway("retry", running).errors
    assert remote("doctor").status == 0


def test_a_list_before_a_server_is_live(served: Served, works: Works) -> None:
    job_id = works.job("scan")
    with Piped("ls", "-f", store=served.url) as listing:
        listing.shows(job_id)
        works.report(job_id, c.StartStep(step="scan"), c.Update(current=1, total=4))
        listing.shows("25.0 %")
        newest = works.job()
        listing.shows(newest)


def test_a_server_is_stopped_by_ctrl_c(served: Served) -> None:
    served.program.interrupt()
    assert served.program.ends() == 0
    assert "Traceback" not in served.program.errors


def test_a_server_says_where_it_is_as_json(url: str, tmp_path: Path) -> None:
    with Piped("serve", "--port", "0", "--json", store=url) as program:
        told: dict[str, Any] = json.loads(program.shows('"url"'))
        assert told["store"] == url
        with Worker(told["url"], tmp_path, "scan") as worker:
            worker.do("step scan", "total 4", "advance 1")
            assert "25.0 %" in run("show", worker.id, store=told["url"]).stdout


def test_a_port_that_is_taken_is_told(url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run("serve", "--port", str(taken.getsockname()[1]), store=url)
        assert ran.returncode == 2
        assert "in use" in ran.stderr
        assert ran.stderr.splitlines()[-1].startswith("headway: ")
