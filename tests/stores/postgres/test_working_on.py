"""Work goes on whatever becomes of the database, and what was reported meanwhile is written once it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from headway.core.job import Job
from headway.reporting.handle import JobHandle
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.stores.address import open_store
from headway.stores.postgres.migrations import migrate
from headway.stores.postgres.store import PostgresStore
from tests.postgres.cluster import Cluster
from tests.postgres.shared import PrivateCluster
from tests.waiting import eventually

PAGES = 300


@pytest.fixture(scope="module")
def cluster(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    with private_cluster() as cluster:
        migrate(cluster.url())
        yield cluster


@pytest.fixture(scope="module")
def worker(cluster: Cluster) -> str:
    """The name of a role that may report."""
    name = cluster.role("worker")
    do(cluster, f"grant usage on schema headway to {name}", f"grant usage on sequence headway.job_count to {name}")
    do(cluster, f"grant all on all tables in schema headway to {name}")
    return name


@contextmanager
def reporting(url: str, folder: Path) -> Iterator[Reporter]:
    link = StoreLink(open_store(url, busy_s=1, bus="off"))
    with Reporter(link, spool=folder / "spool", flush_s=0.02) as reporter:
        yield reporter


def do(cluster: Cluster, *statements: str) -> None:
    with cluster.connect() as db:
        for statement in statements:
            db.execute(statement.encode())


def worked(job: JobHandle, before: Callable[[], object]) -> list[str]:
    """A whole run of a loop, in the middle of which something happens to the database. What its reports answered."""
    done, answers = 0, []
    for page in job.track(range(PAGES), step="render"):
        if page == PAGES // 2:
            before()
            answers.append(job.note("half way"))
        done += 1
    assert done == PAGES
    answers.append(job.succeed({"pages": done}))
    return answers


def arrived(url: str, job_id: str) -> Job:
    """The job once all that was reported of it is stored."""
    with closing(PostgresStore(url, bus=None)) as store:
        job = eventually(lambda: (seen := store.load(job_id)) and seen.terminal and seen, within_s=20)
        types = [event.type for event in store.history(job_id)]
    assert isinstance(job, Job)
    assert job.result == {"pages": PAGES}
    assert job.steps["render"].current == PAGES
    assert types.count("noted") == types.count("step_succeeded") == types.count("succeeded") == 1
    return job


def test_a_server_that_is_stopped_half_way(cluster: Cluster, tmp_path: Path) -> None:
    with reporting(cluster.url(), tmp_path) as reporter:
        job = reporter.start("report", steps=["render"])
        assert worked(job, lambda: cluster.stop("immediate")) == ["spooled", "spooled"]
        cluster.start()
        arrived(cluster.url(), job.id)


def test_a_worker_that_leaves_before_the_server_is_back(cluster: Cluster, tmp_path: Path) -> None:
    with reporting(cluster.url(), tmp_path) as reporter:
        job = reporter.start("report", steps=["render"])
        worked(job, cluster.stop)
    cluster.start()
    with reporting(cluster.url(), tmp_path) as next_one:
        next_one.start("another")
        arrived(cluster.url(), job.id)


TAKEN = {
    "a right": ("revoke insert on headway.event from {worker}", "grant insert on headway.event to {worker}"),
    "the whole schema": ("revoke usage on schema headway from {worker}", "grant usage on schema headway to {worker}"),
    "room to write": ("alter role {worker} set default_transaction_read_only = on", "alter role {worker} reset all"),
    "a table": ("alter table headway.event rename to gone", "alter table headway.gone rename to event"),
    "the version": (
        "insert into headway.migration (number, name, phase) values (9999, 'newer', 'post')",
        "delete from headway.migration where number = 9999",
    ),
    "the door": ("alter role {worker} nologin", "alter role {worker} login"),
}
DISMISSED = "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{worker}'"


@pytest.mark.parametrize("what", TAKEN)
def test_what_an_administrator_takes_away_and_gives_back(
    what: str, cluster: Cluster, worker: str, tmp_path: Path
) -> None:
    take, give = (text.format(worker=worker) for text in TAKEN[what])
    with ExitStack() as owed, reporting(cluster.url(user=worker), tmp_path) as reporter:
        owed.callback(do, cluster, give)
        job = reporter.start("report", steps=["render"])
        assert worked(job, lambda: do(cluster, take, DISMISSED.format(worker=worker))) == ["spooled", "spooled"]
        owed.close()
        arrived(cluster.url(), job.id)
