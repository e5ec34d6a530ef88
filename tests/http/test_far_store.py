"""Owns the proof that a store that is far away never holds up the event loop, and that what it answers is still new."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from headway.core.errors import StoreUnavailable
from headway.stores.memory import MemoryStore
from tests.http.conftest import Api, problem
from tests.http.streaming import Listening


class FarStore(MemoryStore):
    """Answers as if it took a while: it may be asked in threads for reading only, and holds an answer back if told."""

    near = False

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.questions = 0
        self.answering = threading.Event()
        self.answering.set()
        self.asked = threading.Semaphore(0)

    def freshness(self) -> int:
        raise AssertionError("its freshness tells nothing that its versions do not tell")

    def version(self, job_id: str) -> int | None:
        assert threading.current_thread().name.startswith("headway-write")
        return super().version(job_id)

    def versions(self, job_ids: Sequence[str]) -> dict[str, int]:
        assert threading.current_thread().name.startswith("headway-read")
        self.questions += 1
        self.asked.release()
        assert self.answering.wait(10)
        if self.away:
            raise StoreUnavailable(self.url, "the connection was refused")
        return super().versions(job_ids)


@pytest.fixture
def store() -> FarStore:
    return FarStore()


def test_a_job_that_did_not_change_is_not_read_again(
    api: Api, store: FarStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = api.running()
    job = api.job(job_id)
    monkeypatch.setattr(store, "load", lambda job_id: pytest.fail("it was read once more"))
    assert [api.job(job_id) for _ in range(5)] == [job] * 5
    assert store.questions == 5


def test_whoever_was_answered_about_a_write_reads_it(api: Api) -> None:
    job_id = api.running()
    for number in range(1, 50):
        version = api.tick(job_id, number)["version"]
        assert api.job(job_id)["version"] == version


def test_requests_that_wait_for_a_far_store_hold_up_nobody(api: Api, store: FarStore) -> None:
    jobs = [api.running() for _ in range(4)]
    known = [api.job(job_id) for job_id in jobs]
    store.answering.clear()
    with ThreadPoolExecutor(20) as clients:
        asking = [clients.submit(api.job, job_id) for job_id in jobs * 5]
        assert store.asked.acquire(timeout=10)
        assert api.http.get("/livez").status_code == 200
        store.answering.set()
        assert [waiting.result(10) for waiting in asking] == known * 5


def test_a_far_store_that_is_away_is_said_so(api: Api, store: FarStore) -> None:
    job_id = api.running()
    assert api.job(job_id)["status"] == "running"
    store.away = True
    problem(api.http.get(f"/v1/jobs/{job_id}"), 503, "store-unavailable")
    store.away = False
    assert api.job(job_id)["status"] == "running"


def test_long_polls_and_streams_of_a_far_store_are_live(api: Api) -> None:
    job_id = api.running()
    etag = api.http.get(f"/v1/jobs/{job_id}").headers["etag"]
    with ThreadPoolExecutor(1) as client, Listening(api.url, f"/v1/jobs/{job_id}/events") as stream:
        stream.synced()
        path = f"/v1/jobs/{job_id}?wait=10"
        waiting = client.submit(api.http.get, path, headers={"If-None-Match": etag})
        api.note(job_id, "here it is")
        assert waiting.result(10).json()["seq"] == 3
        stream.until(lambda: stream.seqs == [3])
