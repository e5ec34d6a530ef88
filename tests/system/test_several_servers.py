"""Owns the proof that two servers over one PostgreSQL are one: whoever is killed, the others and all clients go on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import psycopg
import pytest

from headway.stores.protocol import JobQuery, Store
from tests.cli.programs import run as headway
from tests.postgres.pooler import Pooler
from tests.scale import Scale
from tests.system.conftest import Hire
from tests.system.judging import judge, know_all, whole_history
from tests.system.roaming import Roaming
from tests.system.serving import Serving, serving
from tests.system.working import Working
from tests.waiting import eventually

Servers = tuple[Serving, Serving]
FAULTS = ("lost", "doubled", "out_of_order", "counts_off", "drifted", "behind", "resets")
ENDS_BACKENDS = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and "


@contextlib.contextmanager
def watching(servers: Servers) -> Iterator[list[Roaming]]:
    """One client that moves all the time, and one that stays at each server as long as that is there."""
    one, other = (server.url for server in servers)
    with contextlib.ExitStack() as stack:
        restless = Roaming([one, other], stays_s=(0.05, 0.4))
        clients = [restless, *(Roaming(list(order), stays_s=(600, 600)) for order in ((one, other), (other, one)))]
        for client in clients:
            stack.enter_context(client)
            client.until(lambda ledger: ledger.synced)
        yield clients


def has_noted(worker: Working, count: int) -> bool:
    return sum(map(len, worker.noted.values())) >= count


def is_faultless(store: Store, url: str, workers: list[Working], clients: list[Roaming]) -> None:
    """After the workers' end: the store, every client and the audit agree."""
    assert know_all(store, [client.ledger for client in clients])
    verdict = judge(store, workers, [client.stop() for client in clients])
    faults = verdict._asdict()
    wrong = {
        name: faults[name] for name in ("lost", "doubled", "out_of_order", "counts_off", "drifted", "behind", "resets")
    }
    assert not any(wrong.values()), wrong
    audit = headway("verify", store=url)
    assert audit.returncode == 0, audit.stdout + audit.stderr


def end_backends(url: str, which: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(ENDS_BACKENDS.encode() + which.encode())


def kill_a_server(servers: Servers, url: str) -> None:
    servers[0].kill()


def kill_and_start_a_server(servers: Servers, url: str) -> None:
    servers[1].kill()
    servers[1].start()


def pause_a_server(servers: Servers, url: str) -> None:
    addresses = [server.url for server in servers]
    with servers[0].paused(), Roaming(addresses) as newcomer:  # left alone by the one, it goes to the other
        newcomer.until(lambda ledger: ledger.synced)


def end_hints(servers: Servers, url: str) -> None:
    for _ in range(5):
        end_backends(url, "application_name = 'headway hints'")


def end_everything(servers: Servers, url: str) -> None:
    for _ in range(5):
        end_backends(url, "pid <> pg_backend_pid()")


@pytest.mark.parametrize("trouble", [kill_a_server, kill_and_start_a_server, pause_a_server, end_hints, end_everything])
def test_clients_of_two_servers_see_everything_once_in_spite_of(
    trouble: Callable[[Servers, str], None], servers: Servers, store: Store, database: str, hire: Hire, scale: Scale
) -> None:
    """In `make soak` one client is cut off every 50 to 400 ms for a minute."""
    workers, moves = [hire("one"), hire("other")], scale(3, 250)
    with watching(servers) as clients:
        eventually(lambda: has_noted(workers[0], 50), within_s=40)
        trouble(servers, database)
        seen = sum(map(len, workers[0].noted.values()))
        eventually(lambda: has_noted(workers[0], seen + 50) and clients[0].moves > moves, within_s=scale(40, 300))
        assert [worker.end() for worker in workers] == [0, 0]
        is_faultless(store, database, workers, clients)


def test_a_killed_worker_is_called_lost_once_however_many_servers_judge(
    servers: Servers, store: Store, hire: Hire
) -> None:
    jobs = []
    for name in ("one", "other"):
        worker = hire(name, pace_s=0.05, HEADWAY_LEASE_S="1")
        eventually(lambda: has_noted(worker, 3), within_s=40)  # noqa: B023  # asked before the next round
        worker.kill()
        [job_id] = worker.noted
        eventually(lambda: (job := store.load(job_id)) and job.health == "lost", within_s=40)  # noqa: B023  # as above
        jobs.append(job_id)
    for job_id in jobs:  # of the first, both servers have judged several times since
        events = whole_history(store, job_id)
        assert [event.type for event in events].count("lost") == 1
        assert events[-1].type == "lost"


def test_a_worker_that_comes_back_is_found_by_one_verdict(servers: Servers, store: Store, hire: Hire) -> None:
    worker = hire("one", pace_s=0.05, HEADWAY_LEASE_S="1")
    eventually(lambda: has_noted(worker, 3), within_s=40)
    with worker.paused():
        [job_id] = worker.noted
        eventually(lambda: (job := store.load(job_id)) and job.health == "lost", within_s=40)
    assert worker.end() == 0
    types = [event.type for event in whole_history(store, job_id)]
    assert (types.count("lost"), types.count("found"), types[-1]) == (1, 1, "succeeded")


def test_behind_a_pooler_in_transaction_mode_everything_arrives_within_the_floor(
    pooler: Pooler, store: Store, database: str, hire: Hire
) -> None:
    log = pooler.folder / "serve.log"
    with serving(pooler.url, log) as server, Roaming([server.url], stays_s=(600, 600)) as client:
        client.until(lambda ledger: ledger.synced)
        worker = hire("one", store=pooler.url, pace_s=0.02)
        eventually(lambda: has_noted(worker, 60), within_s=40)
        assert worker.end() == 0
        is_faultless(store, database, [worker], [client])
        assert client.ledger.late_s < 2.5 + worker.blocked_s  # it is decided before it is committed
        assert len(store.jobs(JobQuery(limit=50))) == len(worker.noted)
