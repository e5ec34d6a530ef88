"""Owns what a durable transition costs over PostgreSQL: beside a bare statement, beside a bulk one, beside peers."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import headway
from bench.databases import cluster, empty_database, fresh_store
from bench.figures import Absent, Bar, Line, Row, Samples
from bench.peers.environment import NotInstalled, python_with
from bench.postgres_floors import bare_tables
from bench.processes import ROOT
from bench.rounds import Call, Case, Effort, interleaved, side_by_side
from bench.served import KIND
from bench.store import begun, us
from headway.core.changes import Event
from headway.core.commands import Note
from headway.core.rules import apply
from headway.stores.address import open_store
from headway.stores.protocol import Commit, Store
from tests.postgres.cluster import Cluster

JOBS = 1000
ALONE = "durable transition, one thread, PostgreSQL"
TOGETHER = f"{JOBS:,} changed jobs in one commit, PostgreSQL"
PEERS = (
    ("SAQ job.update", "saq[postgres]", "saq_report.py", 2.5),
    ("DBOS set_event", "dbos", "dbos_report.py", 8.0),
)


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    with cluster() as server:
        yield from alone(effort, server)
        yield from together(effort, server)
        for name, package, program, times in PEERS:
            yield beside_a_peer(effort, server, name, package, program, times)


def alone(effort: Effort, server: Cluster) -> Iterator[Line]:
    with (
        bare_tables(empty_database(server, "bare"), live=1) as floor,
        headway.connect(fresh_store(server, "alone")) as reporter,
    ):
        job = reporter.start(KIND, steps=["read", "extract"])
        job.step("read")
        calls: dict[str, Call] = {
            "bare": floor.transition,
            "note": lambda: job.note("page 17 of 41 rendered"),
            "step": lambda: job.step("extract").succeed(),
        }
        figures = side_by_side(calls, effort, turn=10, of=statistics.median)
    bare = Samples(name="a bare UPDATE + INSERT in one statement", unit="µs", values=us(figures["bare"]))
    for case, transitions, what in (("note", 1, "a note"), ("step", 2, "a step begun, a step ended")):
        ours = Samples(name="headway", unit="µs", values=us(figures[case], transitions))
        yield Row(what=f"{ALONE}: {what}", ours=ours, beside=bare, bar=Bar(sign="≤", limit=1.5))


def together(effort: Effort, server: Cluster) -> Iterator[Line]:
    """The floor does not wait for the disk; Headway does."""
    url = fresh_store(server, "together")
    with (
        bare_tables(empty_database(server, "bulk"), live=JOBS, sync="off") as floor,
        contextlib.closing(open_store(url)) as store,
    ):
        crowd = Crowd(store, url)
        cases: dict[str, Case] = {"bulk": floor.transitions, "headway": crowd.transitions}
        for case in cases.values():
            case()
        figures = interleaved(cases, effort.rounds * 4)
    ours = Samples(name="headway", unit="/s", values=figures["headway"])
    bulk = Samples(name="unnest of binary arrays, not durable", unit="/s", values=figures["bulk"])
    yield Row(what=TOGETHER, ours=ours, beside=bulk, bar=Bar(sign="≥", limit=0.7))


class Crowd:
    """Jobs that change together, as when many workers report at once."""

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        with headway.connect(url) as reporter:
            ids = [begun(reporter).id for _ in range(JOBS)]
        self._jobs = store.load_many(ids)

    def transitions(self) -> float:
        """One more note of each job, decided before the clock starts; rows a second."""
        now = time.time_ns() // 1000
        told = [(job, *apply(job, Note(message="page 17 of 41 rendered"), now)) for job in self._jobs]
        commits = [
            Commit(before=job, after=after, events=[each for each in changes if isinstance(each, Event)])
            for job, after, changes in told
        ]
        start = time.perf_counter()
        positions = self._store.commit(commits)
        spent = time.perf_counter() - start
        if None in positions:
            raise AssertionError("nobody else writes here")
        self._jobs = [commit.after for commit in commits]
        return len(commits) / spent


def beside_a_peer(effort: Effort, server: Cluster, name: str, package: str, program: str, times: float) -> Line:
    what = f"{ALONE}: beside {name}"
    try:
        python = python_with(package)
    except NotInstalled as absent:
        return Absent(what=what, reason=f"{name}: {absent}")
    peer = empty_database(server, f"peer_{program.removesuffix('.py')}")
    with headway.connect(fresh_store(server, f"beside_{uuid.uuid4().hex[:8]}")) as reporter:
        job = begun(reporter)
        cases: dict[str, Case] = {
            "headway": lambda: a_second(lambda: job.note("page 17 of 41 rendered"), effort.seconds * 2),
            "peer": lambda: peer_a_second(python, program, peer, effort.seconds * 2),
        }
        figures = interleaved(cases, effort.rounds)
    ours = Samples(name="headway", unit="/s", values=figures["headway"])
    theirs = Samples(name=name, unit="/s", values=figures["peer"])
    return Row(what=what, ours=ours, beside=theirs, bar=Bar(sign="≥", limit=times))


def a_second(call: Call, seconds: float) -> float:
    end = time.perf_counter() + seconds
    start, count = time.perf_counter(), 0
    while time.perf_counter() < end:
        call()
        count += 1
    return count / (time.perf_counter() - start)


def peer_a_second(python: Path, program: str, url: str, seconds: float) -> float:
    """What a peer's own process counts, its start not among it."""
    command = [str(python), str(ROOT / "bench" / "peers" / program), url, str(seconds)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(f"{program} ended with {said.returncode}: {said.stderr.strip()[-500:]}")
    return float(said.stdout.split()[-1])
