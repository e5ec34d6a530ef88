"""Owns what a large store costs: the same questions and the same report at a thousand jobs and at a million."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import headway
from bench.databases import cluster, fresh_store
from bench.figures import Bar, Line, Row, Samples
from bench.rounds import Call, Effort, side_by_side
from bench.seed import A_DAY, EVENTS, seeded
from bench.seed_postgres import seed
from bench.served import KIND
from headway.core.job import Job
from headway.stores.address import open_store
from headway.stores.protocol import Filter, JobQuery, Store
from tests.postgres.cluster import Cluster

SMALL, LIVE = 1000, 500
BAR = Bar(sign="≤", limit=1.5)


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    sizes = (SMALL, effort.jobs)
    yield from compared("SQLite", [seeded(scratch / f"{size}.sqlite", size, live=LIVE) for size in sizes], effort)
    with cluster() as server:
        yield from compared("PostgreSQL", [seeded_database(server, size) for size in sizes], effort)


def seeded_database(server: Cluster, size: int) -> str:
    url = fresh_store(server, f"scale_{size}")
    seed(url, size, live=LIVE)
    return url


def compared(store: str, urls: list[str], effort: Effort) -> Iterator[Line]:
    """The same questions of a small store and of a large one."""
    os.sync()  # what was seeded must not be written while something is measured
    with ExitStack() as stack:
        small, large = (questions(url, size, stack) for url, size in zip(urls, (SMALL, effort.jobs), strict=True))
        for what, question in large.items():
            yield asked(f"{what}, {store}", {"small": small[what], "large": question}, effort)


def asked(what: str, calls: dict[str, Call], effort: Effort) -> Line:
    figures = side_by_side(calls, effort, turn=1, of=statistics.median)
    at_small, at_large = ([each * 1e6 for each in figures[size]] for size in ("small", "large"))
    what = f"{what}, {effort.jobs:,} jobs, {effort.jobs * EVENTS:,} events"
    small = Samples(name=f"at {SMALL:,} jobs", unit="µs", values=at_small)
    return Row(what=what, ours=Samples(name="headway", unit="µs", values=at_large), beside=small, bar=BAR)


def questions(url: str, size: int, stack: ExitStack) -> dict[str, Call]:
    """What is asked of a store, each time of another job."""
    store = stack.enter_context(closing(open_store(url)))
    reporter = stack.enter_context(headway.connect(url))
    draw = random.Random(1)

    def anyone() -> str:
        return f"0192f3e0-7c1a-7b55-9d3e-{draw.randrange(3, size):012x}"

    running = page(store, statuses=frozenset({"running"}))
    handles = itertools.cycle([reporter.attach(job.facts.id) for job in running])
    yesterday = time.time_ns() // 1000 - A_DAY // 2
    deep = page(store)[-1]
    return {
        "get a job": lambda: store.load(anyone()),
        "list the newest 50": lambda: page(store),
        "list the next 50": lambda: page(store, before=(deep.facts.created_at, deep.facts.id)),
        "list 50 of a project": lambda: page(store, filter=Filter(projects=frozenset({"project-7"}))),
        "stuck list": lambda: page(store, statuses=frozenset({"running"}), quiet_since=yesterday),
        "history of a job": lambda: store.history(anyone()),
        "begin of a stream": lambda: store.snapshot(Filter(kinds=frozenset({KIND}))),
        "append": lambda: next(handles).note("page 17 of 41 rendered"),
    }


def page(store: Store, **query: object) -> list[Job]:
    return store.jobs(JobQuery(**query))  # type: ignore[arg-type]  # the fields are those of JobQuery
