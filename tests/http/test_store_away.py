"""Owns the proof that a store that is away is said so, and that what was open goes on when it is back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pytest

from headway.core.errors import StoreUnavailable
from headway.core.job import Job
from headway.http.application import Application
from headway.http.loopback import loopback
from headway.hub import tailer
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Commit, Delta, Filter, Horizon, JobQuery
from headway.stores.reach import Reach
from tests.http.conftest import QUICK, Api, Running, problem
from tests.http.streaming import Listening, stays_open


class AwayStore(MemoryStore):
    """A store whose database may be away."""

    away = False

    def _here(self) -> None:
        if self.away:
            raise StoreUnavailable(self.url, "the connection was refused")

    def commit(self, commits: Sequence[Commit], *, durable: bool = True) -> list[int | None]:
        self._here()
        return super().commit(commits, durable=durable)

    def load(self, job_id: str) -> Job | None:
        self._here()
        return super().load(job_id)

    def load_many(self, job_ids: Iterable[str]) -> list[Job]:
        self._here()
        return super().load_many(job_ids)

    def freshness(self) -> int:
        self._here()
        return super().freshness()

    def jobs(self, query: JobQuery) -> list[Job]:
        self._here()
        return super().jobs(query)

    def horizon(self) -> Horizon:
        self._here()
        return super().horizon()

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        self._here()
        return super().delta(after, limit=limit)

    def snapshot(self, filter: Filter, *, finished: int = 20) -> tuple[Horizon, list[Job]]:
        self._here()
        return super().snapshot(filter, finished=finished)


@pytest.fixture
def store() -> AwayStore:
    return AwayStore()


@pytest.fixture
def server(store: AwayStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(tailer, "AWAY_S", 0.01)
    application = Application(store, policy=loopback, pace=QUICK, hosted=False)
    with Running(application, [application]) as running:
        yield running


def test_every_route_says_that_the_store_is_away_and_when_to_come_back(api: Api, store: AwayStore) -> None:
    job_id = api.running()
    store.away = True
    batch = {"attempt": 1, "producer": "w", "producer_seq": 1, "items": [{"type": "note", "message": "x"}]}
    for answer in (
        api.http.get(f"/v1/jobs/{job_id}"),
        api.http.get("/v1/jobs"),
        api.http.get(f"/v1/jobs/{job_id}/history"),
        api.http.get("/v1/events"),
        api.http.post("/v1/jobs", json={"kind": "x"}),
        api.http.post(f"/v1/jobs/{job_id}/reports", json=batch),
        api.http.post(f"/v1/jobs/{job_id}/cancel", json={}),
    ):
        away = problem(answer, 503, "store-unavailable")
        assert away["reason"] == "the connection was refused"
        assert int(answer.headers["retry-after"]) > 0
    assert api.http.get("/livez").status_code == 200
    ready = api.http.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "unready")
    assert "refused" in ready.json()["parts"]["store"]
    store.away = False
    assert api.http.get("/readyz").status_code == 200
    assert api.http.post(f"/v1/jobs/{job_id}/reports", json=batch).json()["seq"] == 3


def test_a_new_stream_is_told_to_come_back(api: Api, store: AwayStore) -> None:
    job_id = api.running()
    store.away = True
    for path in ("/v1/events", f"/v1/jobs/{job_id}/events"):
        with Listening(api.url, path).to_the_end() as listening:
            assert (listening.status, listening.got) == (200, [])
            assert listening.stream.retry


def test_an_open_stream_goes_on_without_a_gap(api: Api, store: AwayStore) -> None:
    job_id = api.running()
    with Listening(api.url).synced() as listening:
        for number in range(3):
            store.away = True
            assert stays_open(listening, 0.05)
            store.away = False
            api.note(job_id, f"note {number}")
        listening.until(lambda: len(listening.seqs) == 3)
        assert listening.seqs == [3, 4, 5]
        assert not listening.board.resets
