"""A PostgreSQL that is restarted again and again while workers, servers and clients go on; and the verdict at the end.

Restarts are crashes (`immediate`, SIGKILL) and orderly ones (`fast`) by turns of chance.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from headway.stores.address import open_store
from headway.stores.postgres.migrations import migrate
from headway.stores.protocol import Store
from tests.postgres.cluster import Cluster
from tests.postgres.shared import private_cluster
from tests.system.judging import Verdict, judge, know_all
from tests.system.roaming import Roaming
from tests.system.serving import Serving
from tests.system.working import Working
from tests.waiting import eventually


class Campaign(NamedTuple):
    seconds: float = 300.0
    every: tuple[float, float] = (5.0, 40.0)
    workers: int = 4
    clients: int = 3
    pace_s: float = 0.01  # a worker's own work between two reports
    notes: int = 200  # in each step of a job
    seed: int = 1


class Outcome(NamedTuple):
    restarts: int
    away_s: float  # the longest that the database was away
    caught_up: bool
    verdict: Verdict

    @property
    def faultless(self) -> bool:
        v = self.verdict
        return self.caught_up and not any(
            (v.lost, v.doubled, v.out_of_order, v.counts_off, v.drifted, v.behind, v.resets)
        )

    def __str__(self) -> str:
        figures = self.verdict._asdict() | {
            "restarts": self.restarts,
            "away_s": self.away_s,
            "caught_up": self.caught_up,
        }
        return "\n".join(
            f"{name:>14} {value:,.3f}" if isinstance(value, float) else f"{name:>14} {value:,}"
            for name, value in figures.items()
        )


def run(campaign: Campaign, folder: Path) -> Outcome:
    """Everything of it, on a cluster of its own."""
    with _database() as (cluster, url), ExitStack() as stack:
        servers = [Serving(url, folder / f"server-{number}.log") for number in range(2)]
        for server in servers:
            stack.callback(server.kill)
        addresses = [server.url for server in servers]
        clients = [stack.enter_context(Roaming(addresses, seed=number)) for number in range(campaign.clients)]
        for client in clients:
            client.until(lambda ledger: ledger.synced)
        workers = [
            Working(url, folder / f"worker-{number}", pace_s=campaign.pace_s, notes=campaign.notes)
            for number in range(campaign.workers)
        ]
        for worker in workers:
            stack.callback(worker.kill)
        for worker in workers:  # who is only starting needs a store that is there
            eventually(lambda: worker.noted, within_s=40)  # noqa: B023  # asked before the next one
        away = _restart(cluster, campaign)
        return _closed(url, away, workers, clients)


def _closed(url: str, away: Sequence[float], workers: Sequence[Working], clients: Sequence[Roaming]) -> Outcome:
    """Lets everybody come to an end, and judges."""
    for worker in workers:
        assert worker.end() == 0, "a worker failed"
    with closing(_opened(url)) as store:
        caught_up = know_all(store, [client.ledger for client in clients])
        verdict = judge(store, workers, [client.stop() for client in clients])
        return Outcome(len(away), max(away, default=0.0), caught_up, verdict)


def _restart(cluster: Cluster, campaign: Campaign) -> list[float]:
    """Restarts until the time is over, and leaves it running; how long each took."""
    choice, pause, away = random.Random(campaign.seed), threading.Event(), list[float]()
    until = time.monotonic() + campaign.seconds
    while (left := until - time.monotonic()) > 0:
        pause.wait(min(left, choice.uniform(*campaign.every)))
        if time.monotonic() < until:
            began = time.monotonic()
            _restarted(cluster, choice.choice(("fast", "immediate", "kill")))
            away.append(time.monotonic() - began)
    return away


def _restarted(cluster: Cluster, how: str) -> None:
    if how == "kill":
        cluster.kill()
        cluster.start()
    elif how == "fast":
        cluster.restart("fast")
    else:
        cluster.restart("immediate")


@contextmanager
def _database() -> Iterator[tuple[Cluster, str]]:
    with private_cluster(durable=True) as cluster:
        cluster.create_database("jobs")
        migrate(cluster.url("jobs"))
        yield cluster, cluster.url("jobs")


def _opened(url: str) -> Store:
    return open_store(url, bus="off")
