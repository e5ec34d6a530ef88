"""Owns the proof that a test can have a PostgreSQL of its own, and break it."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres.shared import PrivateCluster


def count(url: str) -> int:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("select count(*)::int from kept").fetchone()
    assert row
    return int(row[0])


def test_what_was_committed_survives_every_kind_of_end(private_cluster: PrivateCluster) -> None:
    with private_cluster(durable=True) as cluster:
        with cluster.connect() as connection:
            connection.execute("create table kept (x int)")
            connection.execute("insert into kept values (1)")
        cluster.restart("fast")
        cluster.restart("immediate")
        cluster.kill()
        assert not cluster.running
        cluster.start()
        assert count(cluster.url()) == 1


def test_a_paused_server_answers_nobody_and_goes_on_later(private_cluster: PrivateCluster) -> None:
    with private_cluster(tcp=True) as cluster, cluster.connect() as connection:
        with cluster.paused(), pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(cluster.url(tcp=True), connect_timeout=2)
        assert connection.execute("select 1").fetchone() == (1,)


def test_its_settings_are_those_asked_for(private_cluster: PrivateCluster) -> None:
    with private_cluster(durable=True, settings={"max_connections": "7"}) as cluster, cluster.connect() as connection:
        shown = [connection.execute(f"show {name}".encode()).fetchone() for name in ("fsync", "max_connections")]
    assert shown == [("on",), ("7",)]


def test_its_port_asks_for_a_password(private_cluster: PrivateCluster) -> None:
    with private_cluster(tcp=True) as cluster:
        psycopg.connect(cluster.url(tcp=True)).close()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgresql://postgres:guessed@127.0.0.1:{cluster.port}/postgres")


def test_a_small_disk_is_soon_full(private_cluster: PrivateCluster) -> None:
    with private_cluster(size_mb=80, settings={"max_wal_size": "32MB"}) as cluster, cluster.connect() as connection:
        connection.execute("create unlogged table heap (x text)")
        with pytest.raises(psycopg.errors.DiskFull):
            connection.execute("insert into heap select repeat('x', 1000) from generate_series(1, 100000)")
        assert connection.execute("select 1").fetchone() == (1,)
