"""Owns the proof that a stream over a real socket is complete, resumes after any cut, and ends when it should."""

from __future__ import annotations

import random
import socket
import threading

import pytest

from headway.http.application import Application
from headway.http.loopback import loopback
from headway.stores.protocol import Store
from tests.board import Board
from tests.http.conftest import QUICK, Api, Running, problem
from tests.http.streaming import Listening, stays_open
from tests.waiting import eventually

WIRE = "a\r\nb\rc\nd\u2028e\u2029\n\nevent: x\nid: 9\ndata: {}\n\n"


def complete(board: Board, store: Store, *jobs: str) -> bool:
    return not any(board.lacks(job) for job in store.load_many(jobs))


def numbered(store: Store, job_id: str) -> list[tuple[str, int]]:
    return [(job_id, event.seq) for event in store.history(job_id, limit=10_000)]


def test_a_stream_has_headers_that_no_proxy_holds_back(api: Api) -> None:
    with Listening(api.url).synced() as listening:
        assert listening.status == 200
        assert listening.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert listening.headers["cache-control"] == "no-store, no-transform"
        assert listening.headers["x-accel-buffering"] == "no"
        assert 1000 <= (listening.stream.retry or 0) <= 4000


def test_changes_are_told_as_they_happen(api: Api, store: Store) -> None:
    with Listening(api.url).synced() as listening:
        job_id = api.running("scan")
        api.report(job_id, {"type": "start_step", "step": "scan"})
        api.tick(job_id, 3)
        listening.until(lambda: complete(listening.board, store, job_id) and listening.board.jobs)
        assert listening.seqs == [1, 2, 3]


def test_text_stays_data_whatever_is_in_it(api: Api) -> None:
    job_id = api.running()
    with Listening(api.url).synced() as listening:
        api.note(job_id, WIRE)
        listening.until(lambda: listening.seqs == [3])
        assert listening.named("event")[0]["message"] == WIRE


def test_one_jobs_stream_ends_with_the_job(api: Api) -> None:
    job_id = api.running()
    with Listening(api.url, f"/v1/jobs/{job_id}/events").synced() as listening:
        api.report(job_id, {"type": "succeed", "result": {"pages": 3}})
        listening.to_the_end()
        assert listening.ended
        assert listening.named("end") == [{"job_id": job_id, "status": "succeeded"}]
        cursor = listening.stream.last_id
    with Listening(api.url, f"/v1/jobs/{job_id}/events", cursor=cursor).to_the_end() as again:
        assert (again.status, again.got) == (204, [])


def test_a_browser_that_missed_the_end_is_told_it_when_it_reconnects(api: Api) -> None:
    job_id = api.running()
    with Listening(api.url, f"/v1/jobs/{job_id}/events").synced() as listening:
        cursor, board = listening.stream.last_id, listening.board
    api.report(job_id, {"type": "fail", "error": "disk full"})
    with Listening(api.url, f"/v1/jobs/{job_id}/events", cursor=cursor, board=board).to_the_end() as again:
        assert [message.event for message in again.got] == ["event", "synced", "end"]


def test_a_cursor_in_the_url_resumes_and_the_header_beats_it(api: Api) -> None:
    job_id = api.running()
    with Listening(api.url).synced() as listening:
        early = listening.stream.last_id
        api.note(job_id, "one")
        listening.until(lambda: listening.seqs)
        late, board = listening.stream.last_id, listening.board
    with Listening(api.url, f"/v1/events?cursor={early}", board=board).synced() as again:
        assert again.seqs == [3]
    with Listening(api.url, f"/v1/events?cursor={early}", cursor=late, board=board).synced() as again:
        assert again.seqs == []


@pytest.mark.parametrize("cursor", ["", "9" * 8000, "../../x", "1.2.3.4", "%00", "%F0%9F%A7%AD", "'; drop table job"])
def test_a_cursor_that_is_garbage_resets_a_stream(api: Api, store: Store, cursor: str) -> None:
    job_id = api.running()
    with Listening(api.url, f"/v1/events?cursor={cursor.replace(' ', '+')}").synced() as listening:
        assert listening.status == 200
        assert listening.got[0].event == "reset"
        assert complete(listening.board, store, job_id)


def test_a_cursor_of_another_filter_resets_a_stream(api: Api) -> None:
    with Listening(api.url, "/v1/events?kind=a").synced() as listening:
        cursor = listening.stream.last_id
    with Listening(api.url, "/v1/events?kind=b", cursor=cursor).synced() as again:
        assert again.named("reset") == [{"reason": "other_filter"}]


def test_a_stream_is_filtered(api: Api) -> None:
    with Listening(api.url, "/v1/events?project=acme&kind=index&kind=scan").synced() as listening:
        for facts in ({"project": "other"}, {"project": "acme", "kind": "copy"}, {}):
            api.create(**facts)
        wanted = api.create(project="acme", kind="scan")["id"]
        listening.until(lambda: listening.seqs)
        assert list(listening.board.jobs) == [wanted]


@pytest.mark.parametrize("seed", range(3))
def test_a_connection_that_is_cut_anywhere_tells_every_event_once(api: Api, store: Store, seed: int) -> None:
    """A client that keeps the last cursor it has seen, and is cut after random bytes until it has everything."""
    choice = random.Random(seed)
    jobs = [api.running("scan"), api.running()]
    board, cursor = Board(), None
    with Listening(api.url, board=board).synced() as first:
        cursor = first.stream.last_id
    worker = threading.Thread(target=_work, args=(api, jobs))
    worker.start()
    cuts = 0
    while worker.is_alive() or not complete(board, store, *jobs):
        left = choice.randrange(100, 4000)
        with Listening(api.url, cursor=cursor, board=board) as listening:
            listening.socket.settimeout(0.3)
            left = _read_at_most(listening, left)
            cursor = listening.stream.last_id or cursor
        cuts += left <= 0
    worker.join()
    assert cuts, "nothing was cut"
    assert not board.resets
    expected = [(job, seq) for job in jobs for job, seq in numbered(store, job) if seq > 2]
    assert sorted(board.events) == sorted(expected)
    for job in jobs:
        assert [entry for entry in board.events if entry[0] == job] == [e for e in expected if e[0] == job]


def _work(api: Api, jobs: list[str]) -> None:
    worker = Api(api.url)
    worker._sent = dict(api._sent)
    worker.report(jobs[0], {"type": "start_step", "step": "scan"})
    for number in range(1, 30):
        for job in jobs:
            worker.tick(job, number)
            worker.note(job, f"note {number}: {WIRE}")
    worker.close()


def _read_at_most(listening: Listening, left: int) -> int:
    try:
        while left > 0:
            before = len(listening.got)
            if not listening.read(left):
                break
            left -= 200 * (len(listening.got) - before) + 50
    except TimeoutError:
        return 1
    return left


def test_stream_long_poll_and_poll_tell_the_same(api: Api, store: Store) -> None:
    start = api.http.get("/v1/events").json()["next_cursor"]
    listening = Listening(api.url).synced()
    jobs = [api.running() for _ in range(2)]
    for number in range(5):
        for job in jobs:
            api.tick(job, number) if number % 2 else api.note(job, f"note {number}")
    for job in jobs:
        api.report(job, {"type": "succeed"})
    listening.until(lambda: complete(listening.board, store, *jobs) and listening.board.jobs)
    polled, waited = Board(), Board()
    for board, parameters in ((polled, {}), (waited, {"wait": "0.05"})):
        cursor, page = start, None
        while page is None or page["items"]:
            page = api.http.get("/v1/events", params={"cursor": cursor, **parameters}).json()
            cursor = page["next_cursor"]
            for item in page["items"]:
                board.apply(item["event"], item["data"])
        assert complete(board, store, *jobs)
    assert listening.board.events == polled.events == waited.events
    one = Board()
    for item in api.http.get(f"/v1/jobs/{jobs[0]}/events").json()["items"]:
        one.apply(item["event"], item["data"])
    assert one.jobs[jobs[0]] == polled.jobs[jobs[0]] | {"eta": None}
    listening.close()


def test_a_long_poll_waits_for_the_next_change_and_no_longer(api: Api) -> None:
    job_id = api.running()
    for path in ("/v1/events", f"/v1/jobs/{job_id}/events"):
        cursor = api.http.get(path).json()["next_cursor"]
        change = threading.Timer(0.1, api.note, (job_id, "now"))
        change.start()
        page = api.http.get(path, params={"cursor": cursor}, headers={"Prefer": "wait=10"})
        assert page.headers["preference-applied"] == "wait=10"
        assert [item["event"] for item in page.json()["items"]] == ["event"]
        change.join()
        assert api.http.get(path, params={"cursor": page.json()["next_cursor"], "wait": "0.05"}).json()["items"] == []


def test_a_poll_with_garbage_starts_anew_as_a_stream_does(api: Api) -> None:
    api.running()
    items = api.http.get("/v1/events", params={"cursor": "nonsense"}).json()["items"]
    assert [item["event"] for item in items] == ["reset", "snapshot"]
    assert items[0]["data"] == {"reason": "unreadable"}


def test_whoever_takes_neither_streams_nor_json_is_told_what_there_is(api: Api) -> None:
    problem(api.http.get("/v1/events", headers={"Accept": "text/html"}), 406, "not-acceptable")


def test_an_unknown_job_has_no_stream(api: Api) -> None:
    with Listening(api.url, "/v1/jobs/0192d3a0-7c00-7000-8000-000000000001/events").to_the_end() as listening:
        assert listening.status == 404


def test_readers_that_leave_are_forgotten(api: Api, server: Running) -> None:
    job_id = api.running()
    for number in range(30):
        listening = Listening(api.url)
        if number % 3:
            listening.synced()
        if number % 2:
            listening.socket.shutdown(1)
        listening.close()
    with Listening(api.url).synced() as stays:
        api.note(job_id, "still here")
        stays.until(lambda: stays.seqs)
        eventually(lambda: len(server.hub.readers) == 1)
        assert stays_open(stays)


def test_one_reader_that_reads_nothing_does_not_hold_back_the_others(api: Api, store: Store) -> None:
    job_id = api.running()
    with Listening(api.url, buffer=4096).synced() as slow, Listening(api.url).synced() as fast:
        for _ in range(20):
            api.report(job_id, *[{"type": "note", "message": "x" * 1800}] * 100)
        fast.until(lambda: len(fast.seqs) == 2000)
        for number in range(200):
            api.tick(job_id, number)
        fast.until(lambda: complete(fast.board, store, job_id))
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        slow.until(lambda: complete(slow.board, store, job_id))
        assert slow.seqs == list(range(3, 2003))
        assert len(slow.named("state")) < 200


def test_without_the_fast_extra_streams_are_the_same(store: Store) -> None:
    application = Application(store, policy=loopback, pace=QUICK, hosted=False)
    with Running(application, [application], http="h11", loop="asyncio") as plain:
        api = Api(plain.url)
        job_id = api.running()
        with Listening(plain.url, f"/v1/jobs/{job_id}/events").synced() as listening:
            for number in range(50):
                api.note(job_id, f"{number} {'x' * 1900}")
            api.report(job_id, {"type": "succeed"})
            listening.to_the_end()
            assert listening.seqs == list(range(3, 54))
            assert listening.named("end")
        api.close()
