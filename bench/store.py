"""Owns what a durable transition costs: alone beside a bare commit, and from many threads beside a bulk insert."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import headway
from bench.figures import Bar, Line, Row, Samples
from bench.floors import BareTable
from bench.rounds import Call, Case, Effort, interleaved, seconds_each, side_by_side
from bench.served import KIND, store_url
from headway import JobHandle

THREADS, LIVE = 32, 1024
ALONE = "durable transition, one thread, SQLite FULL"
TOGETHER = f"durable transitions, {THREADS} threads, {LIVE:,} jobs, SQLite FULL"


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    yield from alone(effort, scratch)
    yield from together(effort, scratch)


def alone(effort: Effort, scratch: Path) -> Iterator[Line]:
    floor = BareTable(scratch / "bare.sqlite", live=1)
    with headway.connect(store_url(scratch / "alone.sqlite")) as reporter:
        job = reporter.start(KIND, steps=["read", "extract"])
        job.step("read")
        calls: dict[str, Call] = {
            "bare": floor.transition,
            "note": lambda: job.note("page 17 of 41 rendered"),
            "step": lambda: job.step("extract").succeed(),
        }
        figures = side_by_side(calls, effort, turn=20, of=statistics.mean)
    floor.close()
    bare = Samples(name="a bare UPDATE + INSERT commit", unit="µs", values=us(figures["bare"]))
    for case, transitions, what in (("note", 1, "a note"), ("step", 2, "a step begun, a step ended")):
        ours = Samples(name="headway", unit="µs", values=us(figures[case], transitions))
        yield Row(what=f"{ALONE}: {what}", ours=ours, beside=bare, bar=Bar(sign="≤", limit=1.3))


def together(effort: Effort, scratch: Path) -> Iterator[Line]:
    floor = BareTable(scratch / "bulk.sqlite", live=LIVE)
    with (
        headway.connect(store_url(scratch / "together.sqlite")) as reporter,
        ThreadPoolExecutor(THREADS) as workers,
    ):
        jobs = list(workers.map(lambda _: begun(reporter), range(LIVE)))
        cases: dict[str, Case] = {
            "bulk": lambda: THREADS / seconds_each(lambda: floor.transitions(THREADS), effort.seconds / 4),
            "threads": lambda: rate(workers, jobs, effort.seconds / 4),
        }
        figures = interleaved(cases, effort.rounds * 4)  # many short rounds: the disk's mood changes within seconds
    floor.close()
    ours = Samples(name="headway", unit="/s", values=figures["threads"])
    bulk = Samples(name=f"executemany, {THREADS} rows a commit", unit="/s", values=figures["bulk"])
    yield Row(what=TOGETHER, ours=ours, beside=bulk, bar=Bar(sign="≥", limit=0.5))


def us(seconds: Sequence[float], transitions: int = 1) -> list[float]:
    return [each * 1e6 / transitions for each in seconds]


def begun(reporter: headway.Reporter) -> JobHandle:
    job = reporter.start(KIND, steps=["read"])
    job.step("read")
    return job


def rate(workers: ThreadPoolExecutor, jobs: list[JobHandle], seconds: float) -> float:
    """Transitions a second of all threads together, each of any of its own jobs."""
    end = time.perf_counter() + seconds
    start = time.perf_counter()
    counts = list(workers.map(lambda own: report_until(jobs[own::THREADS], end), range(THREADS)))
    return sum(counts) / (time.perf_counter() - start)


def report_until(jobs: list[JobHandle], end: float) -> int:
    draw, count = random.Random(1), 0
    while time.perf_counter() < end:
        draw.choice(jobs).note("page 17 of 41 rendered")
        count += 1
    return count
