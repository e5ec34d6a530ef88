"""Who writes waits for others who do, threads and processes, but not for ever."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnavailable
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes to the file and does not come to an end."""
    script = "import sys, sqlite3; db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    script += "db.execute('begin immediate'); print('locked', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(10)


def test_a_write_waits_for_others_but_not_for_ever(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db", busy_s=0.3)) as store:
        life = Life(store).begun()
        with locked(folder / "jobs.db"):
            began = time.monotonic()
            with pytest.raises(StoreUnavailable, match=r"others have been writing to it for 0\.3 s"):
                life.tell(c.Advance(delta=1))
            assert 0.25 < time.monotonic() - began < 3
            assert store.load(life.id) == life.job
        life.tell(c.Advance(delta=1))
        assert store.load(life.id) == life.job


def test_a_write_lock_held_for_a_while_only_delays(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db", busy_s=20)) as store:
        life = Life(store).begun()
        with locked(folder / "jobs.db"):
            writer = threading.Thread(target=life.tell, args=(c.Advance(delta=1),))
            writer.start()
            writer.join(0.3)
            assert writer.is_alive()
        writer.join(20)
        assert store.load(life.id) == life.job


def test_threads_wait_for_each_other_but_not_for_ever(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db", busy_s=0.1)) as store:
        life = Life(store).begun()
        said = list[str]()

        def write() -> None:
            with pytest.raises(StoreUnavailable) as caught:
                life.tell(c.Note(message="a"))
            said.append(str(caught.value))

        def work(db: sqlite3.Connection) -> None:
            thread = threading.Thread(target=write)
            thread.start()
            thread.join(10)

        store._connections.write(work)
        assert "others have been writing to it for 0.1 s without a pause; try again" in said[0]
        life.tell(c.Note(message="b"))
