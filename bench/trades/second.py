"""Owns a job that lasts a second because it waits: four steps of five parts, in each of which much is counted."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from bench.trades.job import Job
from headway import Reporter

STEPS = ("fetch", "read", "draw", "store")
PARTS = 5
COUNTED = 50
PART_S = 1 / len(STEPS) / PARTS


def trade(_folder: Path, reporter: Reporter | None, _held: ExitStack) -> Job:
    pause = threading.Event()

    def bare(_number: int) -> None:
        for _ in range(len(STEPS) * PARTS):
            pause.wait(PART_S)

    def reported(_number: int) -> None:
        assert reporter is not None
        with reporter.start("second", steps=STEPS, project="acme") as job:
            for name in STEPS:
                step = job.step(name)
                step.update(total=PARTS * COUNTED)
                for _ in range(PARTS):
                    pause.wait(PART_S)
                    for _ in range(COUNTED):
                        step.advance()
            job.result = {"parts": len(STEPS) * PARTS}

    return bare if reporter is None else reported
