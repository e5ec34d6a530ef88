"""Several processes on one file, any of which may be killed at any moment: what was acknowledged is there."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.changes import fold
from headway.stores.protocol import Store
from headway.stores.reach import up_to
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.sharing import other_processes
from headway.stores.sqlite.store import SQLiteStore
from tests.scale import Scale
from tests.stores.lives import Life, loaded
from tests.waiting import eventually

SQLITE = drivers.newest()


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        yield store


@contextmanager
def writer(folder: Path, *how: object) -> Iterator[subprocess.Popen[str]]:
    """A process that writes; if it still does in the end, it is killed."""
    command = [sys.executable, "-m", "tests.stores.sqlite.writer", str(folder / "jobs.db"), *map(str, how)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """What it said, in whole lines, until it ended or was killed."""
    assert process.stdout
    for line in process.stdout:
        if line.endswith("\n"):
            yield line.strip()


def is_whole(store: Store, job_id: str, acknowledged: int) -> None:
    """Nothing that was acknowledged is missing, and the state is what the history tells."""
    job = loaded(store, job_id)
    assert job.version >= acknowledged
    told = store.history(job_id, limit=100_000)
    assert [event.seq for event in told] == list(range(1, job.seq + 1))
    if job.version == job.event_version:
        assert fold(job.facts, told) == job


def is_sound(folder: Path) -> None:
    with closing(SQLITE.connect(folder / "jobs.db")) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_eight_processes_write_to_one_file(folder: Path, store: SQLiteStore, scale: Scale) -> None:
    shared, rounds = Life(store).begun(), scale(60, 1_000)
    with ExitStack() as stack:
        own = [stack.enter_context(writer(folder, "write", rounds)) for _ in range(4)]
        sharing = [stack.enter_context(writer(folder, "share", shared.id, rounds)) for _ in range(4)]
        said = [list(lines(process)) for process in own]
        assert [process.wait(scale(60, 600)) for process in (*own, *sharing)] == [0] * 8
    for job_id, *versions in said:
        assert len(versions) == rounds
        is_whole(store, job_id, int(versions[-1]))
    assert loaded(store, shared.id).current == 4 * rounds
    changed = store.delta(up_to(0), limit=100_000)
    assert len(changed.events) == sum(job.seq for _, job in changed.jobs)
    is_sound(folder)


@pytest.mark.parametrize("after", [1, 2, 7, 23, 40, 71])
def test_a_process_that_is_killed_loses_nothing_that_was_acknowledged(
    folder: Path, store: SQLiteStore, after: int
) -> None:
    with writer(folder, "write", 1_000_000) as process:
        said = lines(process)
        job_id = next(said)
        seen = [int(next(said)) for _ in range(after)]
        process.kill()
        seen += map(int, said)
    is_whole(store, job_id, seen[-1])
    is_sound(folder)
    Life(store).begun()


@pytest.mark.parametrize("statement", range(1, 26, 2))
def test_a_process_that_is_killed_at_any_statement_leaves_a_whole_state(folder: Path, statement: int) -> None:
    with writer(folder, "die", statement) as process:
        job_id, version = [line.split() for line in lines(process)][-1]
        assert process.wait(10) == -signal.SIGKILL
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        is_whole(store, job_id, int(version))
    is_sound(folder)


def test_what_another_process_writes_is_seen_at_once(folder: Path, store: SQLiteStore) -> None:
    life, fresh = Life(store).begun(), store.freshness()
    with closing(store.watch()) as watcher:
        while watcher.wait(0.05):
            continue
        with writer(folder, "share", life.id, 1) as process:
            assert watcher.wait(30)
            assert process.wait(30) == 0
    assert store.freshness() != fresh
    assert loaded(store, life.id).current == 1


def test_the_log_stays_bounded_while_somebody_reads_slowly(folder: Path, scale: Scale) -> None:
    """A reader in the middle of a long list must not keep the log from being written back."""
    until = time.monotonic() + scale(0.0, 60.0)
    with closing(SQLiteStore(folder / "jobs.db", wal_pages=50)) as store:
        lives, sizes = [Life(store).begun() for _ in range(600)], list[int]()
        slow = store.job_ids()
        assert next(slow) == lives[0].id
        while len(sizes) < len(lives) or time.monotonic() < until:
            lives[len(sizes) % len(lives)].tell(c.Note(message="x" * 1000))
            sizes.append((folder / "jobs.db-wal").stat().st_size)
        print(f"{len(sizes):,} notes, the log at most {max(sizes):,} bytes")
        assert max(sizes) < 4 * 50 * 4096
        assert len(list(slow)) == 599


def test_others_that_have_the_file_open_are_known(folder: Path, store: SQLiteStore) -> None:
    assert other_processes(folder / "jobs.db") == set()
    with writer(folder, "write", 1_000_000) as process:
        next(lines(process))
        assert other_processes(folder / "jobs.db") == {process.pid}
    eventually(lambda: other_processes(folder / "jobs.db") == set())
