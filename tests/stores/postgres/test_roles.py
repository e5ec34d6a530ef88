"""Nobody needs more rights than docs/postgres-roles.sql gives: workers write, a hub looks, only the owner alters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnusable
from headway.stores.postgres.condition import examine
from headway.stores.postgres.migrations import migrate
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import Filter, JobQuery, Lease
from headway.stores.reach import up_to
from tests.postgres.cluster import Cluster
from tests.postgres.shared import PrivateCluster
from tests.stores.lives import Life, commit_of

ROLES = Path(__file__).resolve().parents[3] / "docs" / "postgres-roles.sql"


@pytest.fixture(scope="module")
def cluster(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    """A server whose database belongs to a role that is not almighty, with the rights of the docs, given twice."""
    with private_cluster() as cluster:
        owner = cluster.role("owner")
        do(cluster.url(), f"grant create on database postgres to {owner}")
        migrate(cluster.url(user=owner))
        do(cluster.url(), ROLES.read_text(), ROLES.read_text())
        yield cluster


@pytest.fixture(scope="module")
def worker(cluster: Cluster) -> str:
    return cluster.url(user=cluster.role("worker", "login in role headway_worker"))


@pytest.fixture(scope="module")
def hub(cluster: Cluster) -> str:
    return cluster.url(user=cluster.role("hub", "login in role headway_hub"))


def do(url: str, *statements: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as db:
        for statement in statements:
            db.execute(statement.encode())


def test_nothing_is_missing(worker: str, hub: str) -> None:
    assert (examine(worker).lacks_reading, examine(worker).lacks_writing) == ([], [])
    assert examine(hub).lacks_reading == []
    assert len(examine(hub).lacks_writing) == 15


def test_a_worker_does_all_that_workers_do(worker: str) -> None:
    with closing(PostgresStore(worker)) as store:
        store.beat([Lease("lease", 1000, "host:1")])
        store.beat([Lease("lease", 1000, "host:1")])
        life = Life(store, "scan", "load").begun()
        life.tell(c.StartStep(step="scan"), c.Advance(delta=2))
        life.tell(c.Update(message="reading"))
        store.repair(life.job)
        assert store.holdings() == []
        store.release("lease")
        ended = Life(store, "scan").begun()
        ended.tell(c.Succeed())
        assert store.load(ended.id) == ended.job


def test_a_worker_has_room_made_for_a_new_month(cluster: Cluster, worker: str) -> None:
    do(
        cluster.url(),
        """do $$ begin
          execute 'drop table headway.event_' || to_char(now() at time zone 'UTC', 'YYYY_MM');
        end $$""",
        "delete from headway.job",
    )
    with closing(PostgresStore(worker)) as store:
        life = Life(store).begun()
        assert len(store.history(life.id)) == life.job.seq
    assert examine(worker).rooms


@pytest.mark.parametrize(
    "statement",
    [
        "delete from headway.job",
        "delete from headway.event",
        "update headway.event set message = 'x'",
        "truncate headway.event",
        "drop table headway.lease",
        "alter table headway.job disable trigger all",
        "update headway.store set base = base + 1",
        "delete from headway.migration",
        "create table headway.mine (x integer)",
    ],
)
def test_a_worker_changes_neither_tables_nor_what_happened(worker: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(worker, statement)


def test_a_hub_reads_all_that_is_shown(worker: str, hub: str) -> None:
    with closing(PostgresStore(worker)) as writing, closing(PostgresStore(hub)) as store:
        life = Life(writing, "scan", project="acme").begun()
        with closing(store.watch()) as watcher:
            before = store.horizon().reach
            life.tell(c.StartStep(step="scan"))
            assert watcher.wait(5)
            delta = store.delta(before)
        assert [stored.job_id for stored in delta.events] == [life.id]
        assert [job for _, job in delta.jobs] == [life.job]
        assert store.delta(up_to(0)).events
        assert life.job in store.snapshot(Filter())[1]
        assert store.jobs(JobQuery(filter=Filter(projects=frozenset(["acme"])), limit=1)) == [life.job]
        assert store.load(life.id) == life.job
        assert len(store.history(life.id)) == life.job.seq
        assert store.checkpoint(store.horizon().position) == writing.checkpoint(store.horizon().position)
        assert store.horizon().epoch == writing.horizon().epoch
        assert life.id in store.job_ids()
        assert store.versions([life.id]) == {life.id: life.job.version}
        assert (store.children(0), store.holdings(), store.owners()) == ([], [], [])


def test_a_hub_that_would_write_is_told_that_it_may_not(worker: str, hub: str) -> None:
    with closing(PostgresStore(worker)) as writing, closing(PostgresStore(hub)) as store:
        life = Life(writing).begun()
        with pytest.raises(StoreUnusable, match="this role may not do what is needed"):
            store.commit([commit_of(life.job, c.Note(message="x"))])
        assert writing.version(life.id) == life.job.version


@pytest.mark.parametrize("call", ["headway.make_room()", "headway.settle()"])
def test_what_acts_with_the_rights_of_the_owner_is_not_for_everybody(hub: str, call: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(hub, f"do $$ begin perform {call}; end $$")


def test_a_role_that_may_create_nothing_migrates_into_a_schema_made_for_it(cluster: Cluster) -> None:
    owner = cluster.role("tenant_owner")
    cluster.create_database("prepared")
    do(cluster.url("prepared"), f"create schema headway authorization {owner}")
    assert migrate(cluster.url("prepared", user=owner))[0] == 0
    PostgresStore(cluster.url("prepared", user=owner), bus=None).close()
