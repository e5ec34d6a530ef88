"""Owns what a durable transition costs: alone beside a bare commit, and from many threads beside a bulk insert."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import headway
from bench.figures import Bar, Line, Row, Samples
from bench.floors import BareTable
from bench.rounds import Case, Effort, interleaved, seconds_each
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
        cases: dict[str, Case] = {
            "bare": lambda: each_us(floor.transition, effort),
            "note": lambda: each_us(lambda: job.note("page 17 of 41 rendered"), effort),
            "step": lambda: each_us(in_and_out(job), effort) / 2,
        }
        figures = interleaved(cases, effort.rounds)
    floor.close()
    bare = Samples(name="a bare UPDATE + INSERT commit", unit="µs", values=figures["bare"])
    for case, what in (("note", "a note"), ("step", "a step begun, a step ended")):
        ours = Samples(name="headway", unit="µs", values=figures[case])
        yield Row(what=f"{ALONE}: {what}", ours=ours, beside=bare, bar=Bar(sign="≤", limit=1.3))


def together(effort: Effort, scratch: Path) -> Iterator[Line]:
    floor = BareTable(scratch / "bulk.sqlite", live=LIVE)
    with (
        headway.connect(store_url(scratch / "together.sqlite")) as reporter,
        ThreadPoolExecutor(THREADS) as workers,
    ):
        jobs = list(workers.map(lambda _: begun(reporter), range(LIVE)))
        cases: dict[str, Case] = {
            "bulk": lambda: THREADS / seconds_each(lambda: floor.transitions(THREADS), effort.seconds),
            "threads": lambda: rate(workers, jobs, effort.seconds),
        }
        figures = interleaved(cases, effort.rounds)
    floor.close()
    ours = Samples(name="headway", unit="/s", values=figures["threads"])
    bulk = Samples(name=f"executemany, {THREADS} rows a commit", unit="/s", values=figures["bulk"])
    yield Row(what=TOGETHER, ours=ours, beside=bulk, bar=Bar(sign="≥", limit=0.5))


def each_us(call: Callable[[], object], effort: Effort) -> float:
    return seconds_each(call, effort.seconds) * 1e6


def in_and_out(job: JobHandle) -> Callable[[], object]:
    """Two transitions: a step begins, and ends."""
    return lambda: job.step("extract").succeed()


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
