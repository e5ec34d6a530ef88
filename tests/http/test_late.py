"""Owns the proof that polls over PostgreSQL neither repeat nor spin while somebody else's transaction is open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from headway.http.application import Application
from headway.http.loopback import loopback
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import Store
from tests.http.conftest import QUICK, Api, Running
from tests.http.streaming import Listening

OPEN = psycopg.pq.TransactionStatus.INTRANS
Somebody = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with contextlib.closing(PostgresStore(database)) as store:
        yield store


@pytest.fixture
def somebody(store: Store, database: str) -> Iterator[Somebody]:
    """Somebody else at the same database, with a transaction that may have written anything."""
    with psycopg.connect(database) as connection:
        connection.execute("select pg_current_xact_id()")
        yield connection


class Poller:
    """Polls, each time from where the last answer led."""

    def __init__(self, api: Api, path: str) -> None:
        self._api = api
        self._path = path
        self._asked: dict[str, str] = {}
        self.poll()

    def poll(self, wait_s: float = 0.0) -> list[dict[str, Any]]:
        answer = self._api.http.get(self._path, params={"wait": str(wait_s), **self._asked}).json()
        self._asked = {"cursor": answer["next_cursor"]}
        return list(answer["items"])


@pytest.mark.parametrize("path", ["/v1/events", "/v1/jobs/{id}/events"], ids=["many", "single"])
def test_a_long_poll_gets_everything_once_and_then_waits(api: Api, somebody: Somebody, path: str) -> None:
    job_id = api.running()
    poller = Poller(api, path.format(id=job_id))
    for number in range(1, 6):
        with ThreadPoolExecutor(1) as client:
            waiting = client.submit(poller.poll, 10.0)
            version = api.tick(job_id, number)["version"]
            assert [item["data"]["version"] for item in waiting.result(10)] == [version]
        note = api.note(job_id, "beyond the gap")["seq"]
        assert [item["data"]["seq"] for item in poller.poll(10.0)] == [note]
        assert poller.poll(0.05) == [], "it waited, and nothing came"
    assert somebody.info.transaction_status == OPEN


def test_more_open_transactions_than_a_cursor_tells_do_not_make_a_long_poll_spin(
    api: Api, store: Store, database: str
) -> None:
    job_id = api.running()
    poller = Poller(api, "/v1/events")
    with contextlib.ExitStack() as held:
        for _ in range(20):
            somebody = held.enter_context(psycopg.connect(database))
            somebody.execute("select pg_current_xact_id()")
            api.note(job_id, "between two of them")
        assert [item["data"]["seq"] for item in poller.poll(10.0)] == list(range(3, 23))
        for _ in range(3):
            assert poller.poll(0.05) == [], "it waited, and nothing came"
        api.note(job_id, "beyond all of them")
        assert [item["data"]["seq"] for item in poller.poll(10.0)] == [23]


def test_a_cursor_of_one_server_goes_on_at_another(
    api: Api, server: Running, somebody: Somebody, database: str
) -> None:
    job_id = api.running()
    with Listening(api.url) as here:
        here.synced()
        api.note(job_id, "beyond the gap")
        here.until(lambda: here.seqs == [3])
        cursor = here.stream.last_id
    with contextlib.closing(PostgresStore(database)) as store:
        application = Application(store, policy=loopback, pace=QUICK, hosted=False)
        with (
            Running(application, [application]) as other,
            Listening(other.url, cursor=cursor, board=here.board) as there,
        ):
            there.synced()
            assert [message.event for message in there.got] == ["synced"]
            api.note(job_id, "written at the one server, told at the other")
            there.until(lambda: there.seqs == [4])
    assert somebody.info.transaction_status == OPEN
