"""Owns a process that does jobs of one trade when it is told to, and says what they took: CPU and wall-clock seconds.

A line `first count` on its standard input is answered by a line `cpu wall`. What was counted is flushed within it.
"""

from __future__ import annotations

import importlib
import resource
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import headway
from bench.trades.job import Job


def main(trade: str, store: str, folder: Path) -> None:
    """`store` is an address, or nothing for work that nobody is told of."""
    with ExitStack() as held:
        reporter = held.enter_context(headway.connect(store)) if store else None
        job: Job = importlib.import_module(f"bench.trades.{trade}").trade(folder, reporter, held)
        for line in sys.stdin:
            first, count = map(int, line.split())
            cpu, wall = cpu_s(), time.perf_counter()
            for number in range(first, first + count):
                job(number)
            if reporter is not None:
                reporter.flush()
            print(cpu_s() - cpu, time.perf_counter() - wall, flush=True)


def cpu_s() -> float:
    """Of this process and of its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
