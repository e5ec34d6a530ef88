"""Owns how fast a foreign log becomes jobs, steps and history: rows in a second, from SQLite into SQLite."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Bar, Line, Row, Samples
from bench.rounds import FULL, Effort, interleaved
from headway.importing import import_logs, parse_mapping, verify_logs
from headway.stores.sqlite.store import SQLiteStore

ROWS = 100_000
STEPS = ("hash_file", "create_record", "check_text", "extract_text", "metadata", "embed", "finalize", "send")
BEGAN = datetime(2024, 3, 1, tzinfo=UTC)
MAPPING = parse_mapping(
    {
        "kind": "intake",
        "table": "log",
        "columns": {"id": "id", "file": "file", "step": "step", "status": "status", "message": "message", "at": "at"},
        "steps": STEPS,
    }
)
TABLE = "create table log (id integer primary key, file integer, step text, status text, message text, at text)"


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    rows = ROWS if effort == FULL else ROWS // 10
    log = scratch / "legacy.db"
    made = list(entries(rows))
    fill(log, made)
    rounds = iter(range(1_000_000))
    imported = scratch / "verified.db"
    bring(log, imported)

    def brought() -> float:
        return rows / bring(log, scratch / f"jobs-{next(rounds)}.db")

    def copied() -> float:
        began = time.perf_counter()
        fill(scratch / f"copy-{next(rounds)}.db", made)
        return rows / (time.perf_counter() - began)

    figures = interleaved({"import": brought, "verify": lambda: rows / verify(log, imported), "copy": copied}, 3)
    ours = Samples(name="headway", unit="/s", values=figures["import"])
    bare = Samples(name="the bare rows into a table", unit="/s", values=figures["copy"])
    yield Row(what=f"rows of a log of {rows:,} brought in", ours=ours, bar=Bar(sign="≥", limit=2_000, unit="/s"))
    yield Row(what="rows of a log brought in", ours=ours, beside=bare)
    verified = Samples(name="headway", unit="/s", values=figures["verify"])
    yield Row(what="rows held against their jobs", ours=verified, bar=Bar(sign="≥", limit=2_000, unit="/s"))


def bring(log: Path, jobs: Path) -> float:
    """Seconds that an import takes."""
    with closing(SQLiteStore(jobs)) as store:
        began = time.perf_counter()
        import_logs(log, MAPPING, store=store)
        return time.perf_counter() - began


def verify(log: Path, jobs: Path) -> float:
    """Seconds that it takes to prove it."""
    with closing(SQLiteStore(jobs)) as store:
        began = time.perf_counter()
        assert all(verdict.agrees for verdict in verify_logs(log, MAPPING, store=store))
        return time.perf_counter() - began


def entries(rows: int) -> Iterator[tuple[int, str, str, str, str]]:
    """Every file passes every step; every twentieth step fails once and is tried again."""
    turn = at = 0
    while True:
        for name in STEPS:
            turn += 1
            tried = (
                ("in_progress", "failure", "in_progress", "success") if turn % 20 == 0 else ("in_progress", "success")
            )
            for status in tried:
                at += 1
                moment = BEGAN + timedelta(seconds=at)
                yield (turn - 1) // len(STEPS), name, status, f"{name}: {status}", moment.isoformat(sep=" ")
                if at == rows:
                    return


def fill(path: Path, made: list[tuple[int, str, str, str, str]]) -> None:
    """The log, as a program would have kept it."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(TABLE)
        db.executemany("insert into log (file, step, status, message, at) values (?, ?, ?, ?, ?)", made)
        db.commit()
