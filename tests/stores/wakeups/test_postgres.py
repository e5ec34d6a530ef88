"""Owns the proof of what PostgreSQL alone does to a listener: it ends it, starves it behind a pooler."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from headway.stores.wakeups.bus import LOOK
from headway.stores.wakeups.listener import Listener
from headway.stores.wakeups.notifier import Notifier
from headway.stores.wakeups.postgres import PostgresBus
from tests.postgres.databases import Databases
from tests.postgres.pooler import pooling
from tests.postgres.proxy import FaultProxy
from tests.postgres.server import Server
from tests.postgres.shared import PrivateCluster
from tests.waiting import eventually

LONG_S = 30.0
SYNCED = "select sum(fsyncs) from pg_stat_io where object = 'wal'"
SYNCED_BEFORE_18 = "select wal_sync from pg_stat_wal"


@contextmanager
def listening(url: str, **how: float) -> Iterator[Listener]:
    bus = PostgresBus(url)
    with closing(Notifier(bus)) as notifier, closing(Listener(bus, notifier, **how)) as listener:
        assert listener.await_proof(LONG_S)
        listener.wait(0)
        yield listener


def end_connections(url: str) -> int:
    """Ends every connection that carries hints, as an administrator would; how many there were."""
    ending = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity "
        "where application_name = 'headway hints' and datname = current_database()"
    )
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute(ending).fetchone()
    assert row is not None
    return int(row[0])


def test_a_listener_that_was_terminated_listens_anew_and_tells(empty_database: str) -> None:
    with listening(empty_database, floor_s=LONG_S, prove_every_s=0.2, answer_s=1) as listener:
        for _ in range(2):
            assert end_connections(empty_database) == 2
            assert listener.wait(LONG_S)
            assert eventually(lambda: listener.proven)
            with closing(PostgresBus(empty_database).speak()) as voice:
                assert eventually(lambda: not listener.wait(0))
                voice.say(LOOK)
                assert listener.wait(LONG_S)


def test_a_listener_in_a_black_hole_is_found_within_eight_seconds_as_it_is_set(empty_database: str) -> None:
    with FaultProxy(empty_database) as proxy, listening(proxy.url) as listener, proxy.swallowing():
        began = time.monotonic()
        while listener.proven:
            asked = time.monotonic()
            assert listener.wait(LONG_S)
            assert time.monotonic() - asked < 1.5
        assert time.monotonic() - began <= 8


def test_behind_a_pooler_in_transaction_mode_everybody_looks_at_the_floor(
    empty_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pooling(empty_database, size=5) as pooler:
        bus = PostgresBus(pooler.url)
        with (
            closing(Notifier(bus)) as notifier,
            closing(Listener(bus, notifier, floor_s=0.2, prove_every_s=0.2, answer_s=0.3)) as listener,
        ):
            eventually(lambda: "pooler in transaction mode" in caplog.text)
            assert not listener.proven
            notifier.notify()
            assert listener.wait(LONG_S)
    assert len(caplog.records) == 1


def test_hints_go_past_a_pooler_where_an_address_past_it_is_given(empty_database: str) -> None:
    with (
        pooling(empty_database, size=5) as pooler,
        listening(empty_database, floor_s=LONG_S) as listener,
        closing(Notifier(PostgresBus(pooler.url))) as behind_it,
    ):
        behind_it.notify()
        assert listener.wait(LONG_S)


def test_a_role_that_may_only_read_can_listen_and_be_told(postgres: Server, databases: Databases) -> None:
    with databases.fresh() as url:
        name = url.rpartition("/")[2].partition("?")[0]
        reader = postgres.role(f"reader_{name[-12:]}", "login")
        with postgres.connect() as admin:
            admin.execute(f"alter role {reader} set default_transaction_read_only = on".encode())
        try:
            with (
                listening(postgres.url(name, user=reader), floor_s=LONG_S) as listener,
                closing(PostgresBus(url).speak()) as voice,
            ):
                voice.say(LOOK)
                assert listener.wait(LONG_S)
        finally:
            with postgres.connect() as admin:
                admin.execute(f"drop role {reader}".encode())


def test_a_hint_does_not_wait_for_the_disk(private_cluster: PrivateCluster) -> None:
    with private_cluster(durable=True) as cluster, cluster.connect() as admin:
        admin.execute("create table written (x int)")
        counted = SYNCED if admin.info.server_version >= 180000 else SYNCED_BEFORE_18

        def synced() -> int:
            admin.execute("select pg_stat_clear_snapshot()")
            row = admin.execute(counted).fetchone()
            assert row is not None
            return int(row[0])

        before = synced()
        with closing(PostgresBus(cluster.url()).speak()) as voice:
            for _ in range(50):
                voice.say(LOOK)
        with closing(cluster.connect()) as writer:
            for _ in range(50):
                writer.execute("insert into written values (1)")
        eventually(lambda: synced() >= before + 50)  # the statistics come when a connection ends
        assert synced() < before + 80


def test_a_statement_that_is_refused_is_said(empty_database: str) -> None:
    with (
        closing(PostgresBus(empty_database).speak()) as voice,
        pytest.raises(psycopg.OperationalError, match="payload string too long"),
    ):
        voice.say("x" * 9000)


def test_a_database_that_is_not_there_hurts_nobody(postgres: Server, caplog: pytest.LogCaptureFixture) -> None:
    threads = threading.active_count()
    bus = PostgresBus(postgres.url("no such database"))
    with closing(Notifier(bus)) as notifier, closing(Listener(bus, notifier, floor_s=0.1)) as listener:
        notifier.notify()
        eventually(lambda: len(caplog.records) == 2)
        assert listener.wait(LONG_S)
    assert all('"no such database" does not exist' in record.getMessage() for record in caplog.records)
    assert threading.active_count() == threads
