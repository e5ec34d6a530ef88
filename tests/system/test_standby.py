"""Owns the proof that who only watches can read a hot standby, and goes on when it is promoted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from headway.core.errors import StoreUnavailable
from headway.stores.postgres.migrations import migrate
from headway.stores.postgres.store import PostgresStore
from tests.hub.conftest import Works
from tests.postgres.cluster import Cluster
from tests.postgres.server import place
from tests.postgres.shared import PrivateCluster
from tests.waiting import eventually


@contextmanager
def following(primary: Cluster, private_cluster: PrivateCluster) -> Iterator[Cluster]:
    """A hot standby of a server, in a place of its own."""
    with private_cluster(durable=True) as standby:
        standby.stop()
        own = (standby.data / "postgresql.conf").read_text()
        shutil.rmtree(standby.data)
        host, port = place(primary.url())
        source = f"host={host} port={port} user=postgres"
        standby.program("pg_basebackup", "-d", source, "-R", "-X", "stream", "-c", "fast")
        (standby.data / "postgresql.conf").write_text(own)
        standby.start()
        yield standby


@pytest.fixture
def primary(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    with private_cluster(durable=True) as cluster:
        cluster.create_database("jobs")
        migrate(cluster.url("jobs"))
        yield cluster


def test_a_standby_shows_what_the_primary_has_and_takes_no_reports(
    primary: Cluster, private_cluster: PrivateCluster
) -> None:
    with closing(PostgresStore(primary.url("jobs"))) as store, following(primary, private_cluster) as standby:
        works = Works(store)
        with closing(PostgresStore(standby.url("jobs"), bus=None)) as copy:
            begun = copy.horizon()
            assert begun.epoch == store.horizon().epoch
            job = works.job("scan", "load")
            works.note(job, "on the primary")
            assert eventually(lambda: copy.load(job) == works.state(job))
            told = copy.delta(begun.reach)
            assert [(stored.job_id, stored.event.seq) for stored in told.events] == [(job, seq) for seq in (1, 2, 3)]
            assert store.horizon().reach.includes(told.reach), "a cursor of the standby goes on at the primary"
            with pytest.raises(StoreUnavailable, match="read-only"):
                Works(copy).job()


def test_what_a_promoted_standby_writes_is_news_to_who_read_the_primary(
    primary: Cluster, private_cluster: PrivateCluster
) -> None:
    with closing(PostgresStore(primary.url("jobs"))) as store, following(primary, private_cluster) as standby:
        job = Works(store).job()
        eventually(lambda: standby_has(standby, job))
        with primary.connect("jobs", autocommit=False) as somebody:
            for _ in range(50):  # these end, can be seen to, and are acknowledged to nobody
                somebody.execute("select pg_current_xact_id()")
                somebody.rollback()
            seen = store.horizon()
            primary.kill()
        standby.program("pg_ctl", "promote", "-w")
        with closing(PostgresStore(standby.url("jobs"))) as successor:
            works = Works(successor)
            works.note(job, "after the failover")
            assert [stored.event.seq for stored in successor.delta(seen.reach).events] == [3]
            assert successor.horizon().epoch == seen.epoch


def standby_has(standby: Cluster, job: str) -> bool:
    with closing(PostgresStore(standby.url("jobs"), bus=None)) as copy:
        found = copy.load(job)
        return found is not None and found.seq == 2
