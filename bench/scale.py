"""Owns what a large store costs: the same questions and the same report at a thousand jobs and at a million."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import headway
from bench.figures import Bar, Line, Row, Samples
from bench.rounds import Case, Effort, interleaved, median_seconds
from bench.seed import A_DAY, EVENTS, seeded
from bench.served import KIND
from headway.core.job import Job
from headway.stores.address import open_store
from headway.stores.protocol import Filter, JobQuery, Store

SMALL, LIVE = 1000, 500
BAR = Bar(sign="≤", limit=1.5)
Question = Callable[[], object]


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    cases: dict[str, Case] = {}
    with ExitStack() as stack:
        for size in (SMALL, effort.jobs):
            url = seeded(scratch / f"{size}.sqlite", size, live=LIVE)
            for what, question in questions(url, size, stack).items():
                cases[f"{what} at {size}"] = asked(question, effort)
        figures = interleaved(cases, effort.rounds)
    for what in dict.fromkeys(name.rpartition(" at ")[0] for name in cases):
        ours = Samples(name="headway", unit="µs", values=figures[f"{what} at {effort.jobs}"])
        small = Samples(name=f"at {SMALL:,} jobs", unit="µs", values=figures[f"{what} at {SMALL}"])
        yield Row(
            what=f"{what}, {effort.jobs:,} jobs, {effort.jobs * EVENTS:,} events", ours=ours, beside=small, bar=BAR
        )


def questions(url: str, size: int, stack: ExitStack) -> dict[str, Question]:
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


def asked(question: Question, effort: Effort) -> Case:
    return lambda: median_seconds(question, effort.seconds / 2) * 1e6
