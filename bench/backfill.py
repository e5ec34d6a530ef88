"""Owns how fast a foreign log becomes jobs, steps and history: rows in a second, from SQLite into SQLite.

The log is the sample of `examples/intake`, with all that makes old logs hard to read; its own backfill brings it in.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.figures import Bar, Line, Row, Samples
from bench.rounds import FULL, Effort, interleaved
from examples.intake import legacy
from examples.intake.backfill import Backfill, migrate_all_files, verify_all_files

ROWS = legacy.ROWS


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    rows = ROWS if effort == FULL else ROWS // 10
    log = scratch / "legacy.db"
    made = legacy.write(log, rows)
    rounds = iter(range(1_000_000))
    imported = scratch / "verified.db"
    bring(log, imported)

    def brought() -> float:
        return rows / bring(log, scratch / f"jobs-{next(rounds)}.db")

    def copied() -> float:
        return rows / copy(made, scratch / f"copy-{next(rounds)}.db")

    figures = interleaved({"import": brought, "verify": lambda: rows / verify(log, imported), "copy": copied}, 3)
    ours = Samples(name="headway", unit="/s", values=figures["import"])
    bare = Samples(name="the bare rows into a table", unit="/s", values=figures["copy"])
    yield Row(what=f"rows of a log of {rows:,} brought in", ours=ours, bar=Bar(sign="≥", limit=2_000, unit="/s"))
    yield Row(what="rows of a log brought in", ours=ours, beside=bare)
    verified = Samples(name="headway", unit="/s", values=figures["verify"])
    yield Row(what="rows held against their jobs", ours=verified, bar=Bar(sign="≥", limit=2_000, unit="/s"))


def bring(log: Path, jobs: Path) -> float:
    """Seconds that an import takes."""
    began = time.perf_counter()
    migrate_all_files(Backfill(str(log), f"sqlite:///{jobs}"))
    return time.perf_counter() - began


def verify(log: Path, jobs: Path) -> float:
    """Seconds that it takes to prove it."""
    began = time.perf_counter()
    assert all(verdict.agrees for verdict in verify_all_files(Backfill(str(log), f"sqlite:///{jobs}")))
    return time.perf_counter() - began


def copy(made: Sequence[legacy.LogRow], path: Path) -> float:
    """Seconds that the rows alone take."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(legacy.TABLE)
        db.executemany(
            "insert into processing_logs values (?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, *row[:-1]) for number, row in enumerate(made, 1)),
        )
        db.commit()
    return time.perf_counter() - began
