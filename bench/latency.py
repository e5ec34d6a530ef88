"""Owns how long a report takes from a worker's call to a reader's bytes: two processes and a store between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.databases import cluster, fresh_store
from bench.figures import Bar, Line, Row, Samples
from bench.load import Load, built
from bench.rounds import Effort
from bench.stream_sides import SideOf, headway_with, queue_per_client

BARS = {"SQLite FULL": {"p50": 10, "p99": 30}, "PostgreSQL": {"p50": 8, "p99": 30}}
A_SECOND = 23  # reports; no multiple of any interval, so that none of them hides in the rhythm


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    program = built(scratch)
    with cluster() as server:
        sides = {
            "SQLite FULL": headway_with(1),
            "PostgreSQL": headway_with(1, lambda _, name: fresh_store(server, name)),
            "memory": queue_per_client,
        }
        told: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(effort.rounds):
            for name, side in sides.items():
                told[name].append(latencies_ms(program, scratch, effort, side))
    memory = told.pop("memory")
    for store, latencies in told.items():
        for place, (quantile, limit) in enumerate(BARS[store].items()):
            what = f"report in one process to SSE bytes from another, {store}, {quantile}"
            ours = Samples(name="headway", unit="ms", values=[each[place] for each in latencies])
            yield Row(what=what, ours=ours, bar=Bar(sign="≤", limit=limit, unit="ms"))
            values = [each[place] for each in memory]
            floor = Samples(name="one process's memory, nothing stored (sse-starlette)", unit="ms", values=values)
            yield Row(what=what, ours=ours, beside=floor)


def latencies_ms(program: Path, scratch: Path, effort: Effort, side: SideOf) -> tuple[float, float]:
    """p50 and p99 over some hundred reports, one reader."""
    with side(scratch) as there:
        pace = ("--rate", str(A_SECOND))
        told = Load(program=program, side=there, readers=1, seconds=effort.seconds * 8, pace=pace).run()
        return told["p50_ms"], told["p99_ms"]
