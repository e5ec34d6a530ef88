"""Owns the order of measuring: every round takes each case once, so that a drift of the machine hits them all."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Case = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to look. `loops`: turns of a loop that does nothing; `jobs`: size of the large store."""

    rounds: int
    seconds: float
    loops: int
    jobs: int
    readers: int = 1000


FULL = Effort(rounds=7, seconds=1.0, loops=2_000_000, jobs=1_000_000)
QUICK = Effort(rounds=3, seconds=0.5, loops=500_000, jobs=100_000)


def interleaved(cases: Mapping[str, Case], rounds: int) -> dict[str, list[float]]:
    """The figure of every case in every round; within a round the order is shuffled, the same way in each run."""
    figures: dict[str, list[float]] = {name: [] for name in cases}
    order = list(cases)
    for number in range(rounds):
        random.Random(number).shuffle(order)
        for name in order:
            figures[name].append(cases[name]())
    return figures


def seconds_each(call: Callable[[], object], seconds: float) -> float:
    """Seconds per call, over calls that fill a time."""
    clock = time.perf_counter
    count, start = 0, clock()
    while (spent := clock() - start) < seconds:
        call()
        count += 1
    return spent / count


def median_seconds(call: Callable[[], object], seconds: float) -> float:
    """The median call's seconds, for calls of which a few wait for something else on the machine."""
    clock = time.perf_counter
    took: list[float] = []
    end = clock() + seconds
    while (start := clock()) < end or not took:
        call()
        took.append(clock() - start)
    return statistics.median(took)
