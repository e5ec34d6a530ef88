"""A worker that reports job after job until its input ends: `python -m tests.system.worker DIARY PACE_S NOTES`.

Into its diary it writes what it was told was safe, and only then: `noted JOB NUMBER OUTCOME`, `counted JOB COUNT`. Each
call's time is taken; the longest comes last, `blocked SECONDS`.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

import headway
from headway.reporting.reporter import Reporter

STEPS = ("scan", "load")


class Diary:
    def __init__(self, lines: TextIO) -> None:
        self._lines = lines
        self.blocked_s = 0.0

    def note(self, job: headway.JobHandle, number: int) -> None:
        began = time.monotonic()
        outcome = job.note(str(number))
        self.blocked_s = max(self.blocked_s, time.monotonic() - began)
        self.write(f"noted {job.id} {number} {outcome}")

    def write(self, line: str) -> None:
        print(line, file=self._lines, flush=True)


def started(reporter: Reporter, asked: threading.Event) -> headway.JobHandle | None:
    """A job cannot begin while the store is away: this worker waits, as a queue would."""
    while not asked.is_set():
        try:
            return reporter.start("index", steps=list(STEPS))
        except headway.StoreUnavailable:
            asked.wait(0.1)
    return None


def work(job: headway.JobHandle, diary: Diary, notes: int, pace_s: float, asked: threading.Event) -> None:
    """Some notes and as many counts in each step."""
    numbers = iter(range(notes * len(STEPS)))
    with job:
        for name in STEPS:
            counted = 0
            with job.step(name) as step:
                while counted < notes and not asked.is_set():
                    step.advance()
                    counted += 1
                    diary.note(job, next(numbers))
                    asked.wait(pace_s)
            diary.write(f"counted {job.id} {name} {counted}")


def await_end(asked: threading.Event) -> None:
    sys.stdin.read()
    asked.set()


def main() -> None:
    path, pace_s, notes = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    asked = threading.Event()
    threading.Thread(target=await_end, args=(asked,), daemon=True).start()
    with open(path, "a") as lines, headway.connect() as reporter:
        diary = Diary(lines)
        while job := started(reporter, asked):
            work(job, diary, notes, pace_s, asked)
        until = time.monotonic() + 60
        while reporter._outbox.away and time.monotonic() < until:  # what is spooled now must be written before the end
            threading.Event().wait(0.05)
        diary.write(f"blocked {diary.blocked_s:.3f}")


if __name__ == "__main__":
    main()
