"""Owns a process that writes to a file without pause, and says so after each commit: `python -m … PATH HOW`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from headway.core import commands as c
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life, commit_of, loaded


def write(path: Path, rounds: int) -> None:
    """A job of its own: a note, an advance, and so on. Prints the job, and then its version after each commit."""
    store = SQLiteStore(path, busy_s=30)
    life = Life(store, "scan", id=f"0192d3a0-7c00-7000-9000-{os.getpid():012x}").begun()
    life.tell(c.StartStep(step="scan"))
    print(life.id, flush=True)
    for number in range(rounds):
        life.tell(c.Note(message=f"note {number}", detail={"n": number}) if number % 2 else c.Advance(delta=1))
        print(life.job.version, flush=True)
    store.close()


def share(path: Path, job_id: str, rounds: int) -> None:
    """A job that others write to as well: every lost race is decided again."""
    store = SQLiteStore(path, busy_s=30)
    for _ in range(rounds):
        while store.commit([commit_of(loaded(store, job_id), c.Advance(delta=1))]) == [None]:
            continue
    store.close()


def die(path: Path, statement: int) -> None:
    """Is killed before the given statement of its script, counted from the first transaction on."""
    store = SQLiteStore(path)
    life = Life(store, "scan", "load")
    db, left = store._connections.write(lambda db: db), [statement]

    def count(_: str) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    db.set_trace_callback(count)
    script: list[c.Command] = [c.Attach(), c.StartStep(step="scan"), c.Advance(delta=1), c.Succeed(result=1)]
    print(life.id, life.job.version, flush=True)
    for command in script:
        life.tell(command)
        print(life.id, life.job.version, flush=True)
    db.set_trace_callback(None)
    store.close()


if __name__ == "__main__":
    file, how, *rest = sys.argv[1:]
    if how == "write":
        write(Path(file), int(rest[0]))
    elif how == "share":
        share(Path(file), rest[0], int(rest[1]))
    else:
        die(Path(file), int(rest[0]))
