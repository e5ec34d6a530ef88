"""Owns the bare floors: the same work with nothing around it, as somebody would write it for one table."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from headway.stores.sqlite.driver import newest

JOBS = 10_000
BODY = json.dumps(
    {
        "seq": 123456,
        "state": "running",
        "done": 123456,
        "total": 1000000,
        "step": "load",
        "message": "processing rows of the nightly import, part 17",
        "rate": 1234.5,
        "worker": "worker-1@host",
        "ts": 1760000000.123,
    }
)

TABLES = """
create table job (id text primary key, state text, done int, total int, step text, message text, seq int, at real);
create table event (id integer primary key, job_id text not null, seq int not null, at real, kind text, body text);
create unique index event_of_job on event (job_id, seq);
"""
UPDATE = "update job set done = ?, message = ?, seq = ?, at = ? where id = ?"
INSERT = "insert into event (job_id, seq, at, kind, body) values (?, ?, ?, ?, ?)"


class BareTable:
    """10 000 job rows, some of them live, and their events in one SQLite file, every commit on stable storage."""

    def __init__(self, path: Path, *, live: int) -> None:
        self.connection = newest().connect(  # the library that Headway uses too
            path, isolation_level=None, check_same_thread=False
        )
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute("pragma synchronous = full")
        self.connection.executescript(TABLES)
        ids = [f"0192f3e0-7c1a-7b55-9d3e-{number:012x}" for number in range(JOBS)]
        rows = ((id, "running", 0, 1_000_000, "load", "", 0, 0.0) for id in ids)
        self.connection.execute("begin")
        self.connection.executemany("insert into job values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self.connection.execute("commit")
        self.live = ids[:: JOBS // live][:live]
        self.draw = random.Random(1)
        self.turn = 0

    def transition(self) -> None:
        """One job's row and one event, committed."""
        execute = self.connection.execute
        job_id, seq, at = self._next(), self.turn, time.time()
        execute("begin immediate")
        execute(UPDATE, (seq, "processing", seq, at, job_id))
        execute(INSERT, (job_id, seq, at, "progress", BODY))
        execute("commit")

    def transitions(self, count: int) -> None:
        """Many jobs' rows and their events in one commit."""
        at = time.time()
        turns = [(self._next(), self.turn) for _ in range(count)]
        self.connection.execute("begin immediate")
        self.connection.executemany(UPDATE, [(seq, "processing", seq, at, job_id) for job_id, seq in turns])
        self.connection.executemany(INSERT, [(job_id, seq, at, "progress", BODY) for job_id, seq in turns])
        self.connection.execute("commit")

    def _next(self) -> str:
        """Any live job: neighbours would share pages, as jobs that work at once do not."""
        self.turn += 1
        return self.draw.choice(self.live)

    def close(self) -> None:
        self.connection.close()
