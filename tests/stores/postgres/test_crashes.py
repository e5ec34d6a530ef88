"""Owns the proof that no reader takes what is written after a crash for something that it has read.

What ends without being acknowledged may be seen, forgotten by a crash, and its transaction id given once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from headway.stores.postgres.migrations import migrate
from headway.stores.postgres.store import PostgresStore
from tests.hub.conftest import Works
from tests.postgres.cluster import Cluster
from tests.postgres.shared import PrivateCluster

HASTY = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}  # as much is forgotten as a server can forget


@pytest.fixture
def cluster(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    with private_cluster(durable=True, settings=HASTY) as cluster:
        cluster.create_database("jobs")
        migrate(cluster.url("jobs"))
        yield cluster


def end_unheard(cluster: Cluster) -> None:
    """Transactions that end and can be seen to, and were acknowledged to nobody."""
    with psycopg.connect(cluster.url("jobs")) as somebody:
        for _ in range(50):
            somebody.execute("select pg_current_xact_id()")
            somebody.rollback()


def crash(cluster: Cluster) -> None:
    cluster.kill()
    cluster.start()


def test_what_is_written_after_a_crash_is_news(cluster: Cluster) -> None:
    with closing(PostgresStore(cluster.url("jobs"))) as store:
        works = Works(store)
        job = works.job()
        for seq in (3, 4, 5):
            end_unheard(cluster)
            before = store.horizon()
            crash(cluster)
            works.note(job, "after the crash")
            after = store.horizon()
            assert [stored.event.seq for stored in store.delta(before.reach).events] == [seq]
            assert after.epoch == before.epoch
            assert after.reach.includes(before.reach), "it would be taken for another store"


def test_whoever_writes_first_finds_out_also_without_a_new_connection(cluster: Cluster) -> None:
    with closing(PostgresStore(cluster.url("jobs"))) as store:
        job = Works(store).job()
        end_unheard(cluster)
        before = store.horizon()
        crash(cluster)
        with psycopg.connect(cluster.url("jobs")) as db:
            assert db.execute("select count(*)::int from headway.unbroken").fetchone() == (0,)
            db.execute("select headway.update_job_progress(%s, null, 1, 2, 'after the crash')", [job])
        assert [found.message for _, found in store.delta(before.reach).jobs] == ["after the crash"]


def test_a_second_crash_does_not_forget_where_the_store_went_on(cluster: Cluster) -> None:
    with closing(PostgresStore(cluster.url("jobs"))) as store:
        works = Works(store)
        job = works.job()
        crash(cluster)
        with psycopg.connect(cluster.url("jobs")) as db:
            db.execute("set synchronous_commit = off")
            db.execute("select headway.base()")
        end_unheard(cluster)
        before = store.horizon()
        crash(cluster)
        works.note(job, "after the second")
        assert [stored.event.seq for stored in store.delta(before.reach).events] == [3]


def test_an_ordinary_restart_moves_nothing(cluster: Cluster) -> None:
    with closing(PostgresStore(cluster.url("jobs"))) as store:
        Works(store).job()
        before = store.horizon()
        cluster.restart("fast")
        assert store.horizon().reach.top - before.reach.top < 1 << 30
