"""Owns the order of measuring: every round takes each case once, so that a drift of the machine hits them all."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Case = Callable[[], float]
Call = Callable[[], object]


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


def seconds_each(call: Call, seconds: float) -> float:
    """Seconds per call, over calls that fill a time."""
    clock = time.perf_counter
    count, start = 0, clock()
    while (spent := clock() - start) < seconds:
        call()
        count += 1
    return spent / count


def side_by_side(
    calls: Mapping[str, Call], effort: Effort, *, turn: int, of: Callable[[Sequence[float]], float]
) -> dict[str, list[float]]:
    """Seconds per call in every round, the calls taken in turns of so many: for what others on the machine disturb.

    `of` makes one figure of all turns of a round: `statistics.mean` counts what happens now and then, the median not.
    """
    figures: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(effort.rounds):
        took: dict[str, list[float]] = {name: [] for name in calls}
        end = time.perf_counter() + effort.seconds * len(calls)
        while time.perf_counter() < end or not all(took.values()):
            for name, call in calls.items():
                took[name].append(turn_seconds(call, turn))
        for name, turns in took.items():
            figures[name].append(of(turns))
    return figures


def turn_seconds(call: Call, turn: int) -> float:
    start = time.perf_counter()
    for _ in range(turn):
        call()
    return (time.perf_counter() - start) / turn
