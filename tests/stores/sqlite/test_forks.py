"""A process that forks after it used a store: parent and child each go on with connections of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.stores.reach import up_to
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.sharing import other_processes
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life, loaded
from tests.waiting import eventually

SQLITE = drivers.newest()

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        yield store


def forked(work: Callable[[], None]) -> int:
    """A child that does the work and ends without any clean-up, as a killed worker would."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def ended_well(child: int) -> bool:
    return os.waitpid(child, 0)[1] == 0


def test_a_child_writes_and_reads_on(store: SQLiteStore) -> None:
    life, other = Life(store).begun(), Life(store).begun()
    fresh = store.freshness()

    def work() -> None:
        assert store.load(other.id) == other.job
        life.tell(c.Note(message="from the child"))
        assert store.freshness() != fresh

    assert ended_well(forked(work))
    other.tell(c.Note(message="from the parent"))
    assert [event.message for event in store.history(life.id, after=2)] == ["from the child"]
    assert store.load(other.id) == other.job
    assert store.freshness() != fresh


def test_many_children_write_beside_their_parent(store: SQLiteStore) -> None:
    lives = [Life(store).begun() for _ in range(6)]

    def work(life: Life) -> None:
        for _ in range(20):
            life.tell(c.Advance(delta=1))

    children = [forked(lambda life=life: work(life)) for life in lives[:-1]]  # type: ignore[misc]  # a default binds it
    work(lives[-1])
    assert all(ended_well(child) for child in children)
    assert [loaded(store, life.id).current for life in lives] == [20] * 6


def test_a_fork_while_other_threads_read_and_write(store: SQLiteStore) -> None:
    lives, stop = [Life(store).begun() for _ in range(3)], threading.Event()

    def write(life: Life) -> None:
        while not stop.is_set():
            life.tell(c.Advance(delta=1))

    def read() -> None:
        while not stop.is_set():
            store.delta(up_to(0))
            store.freshness()

    def work() -> None:
        Life(store, id=f"0192d3a0-7c00-7000-a000-{os.getpid():012x}").begun()
        assert len(store.delta(up_to(0), limit=100_000).jobs) > 3

    threads = [*(threading.Thread(target=write, args=(life,)) for life in lives), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    well = [ended_well(forked(work)) for _ in range(8)]
    stop.set()
    for thread in threads:
        thread.join(30)
    assert well == [True] * 8
    assert [store.load(life.id) for life in lives] == [life.job for life in lives]
    assert len(list(store.job_ids())) == 11


def test_each_holds_its_own_locks_on_the_file(folder: Path, store: SQLiteStore) -> None:
    """Or the last other process to close the file would take the log away from under the child."""
    Life(store).begun()
    path = folder / "jobs.db"
    go, done = os.pipe(), os.pipe()

    def work() -> None:
        Life(store, id=f"0192d3a0-7c00-7000-a000-{os.getpid():012x}").begun()
        os.write(done[1], b".")
        os.read(go[0], 1)

    child = forked(work)
    os.read(done[0], 1)
    assert other_processes(path) == {child}
    Life(store).begun()
    assert holders(path) == {child, os.getpid()}
    os.write(go[1], b".")
    assert ended_well(child)
    assert holders(path) == {os.getpid()}
    for end in (*go, *done):
        os.close(end)


def holders(path: Path) -> set[int]:
    """Who has the file open, as a third process sees it."""
    script = "import sys, pathlib; from headway.stores.sqlite.sharing import other_processes as others\n"
    script += "print(*others(pathlib.Path(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    return set(map(int, done.stdout.split()))


def test_a_child_goes_on_after_its_parent_closed_the_store(folder: Path) -> None:
    store = SQLiteStore(folder / "jobs.db")
    life = Life(store).begun()
    go = os.pipe()

    def work() -> None:
        life.tell(c.Advance(delta=1))
        os.read(go[0], 1)
        life.tell(c.Advance(delta=1))

    child = forked(work)
    eventually(lambda: loaded(store, life.id).current == 1)
    store.close()
    with closing(SQLITE.connect(folder / "jobs.db")) as db:
        assert db.execute("select current from job").fetchone() == (1,)
    os.write(go[1], b".")
    assert ended_well(child)
    with closing(SQLiteStore(folder / "jobs.db")) as again:
        assert loaded(again, life.id).current == 2
    for end in go:
        os.close(end)


def test_a_watcher_goes_on_after_a_fork(store: SQLiteStore) -> None:
    life = Life(store).begun()
    with closing(store.watch()) as watcher:
        assert ended_well(forked(lambda: None))
        while watcher.wait(0.05):
            continue
        assert ended_well(forked(lambda: tell(life)))
        assert watcher.wait(30)


def tell(life: Life) -> None:
    life.tell(c.Note(message="a"))


def test_a_store_that_nobody_keeps_does_not_mind_a_fork(folder: Path) -> None:
    store = SQLiteStore(folder / "jobs.db")
    store.close()
    del store
    assert ended_well(forked(lambda: None))


def test_a_fork_that_nobody_announced_leaves_the_parents_connections_alone(store: SQLiteStore) -> None:
    """As a server does that forks in C: the child lets go of what it inherited without closing it."""
    life = Life(store).begun()
    inherited = store._connections._writer
    store._connections.after_fork_in_child()
    assert inherited is not None
    assert inherited.execute("select count(*) from job").fetchone() == (1,)
    life.tell(c.Note(message="with a new connection"))
    assert store._connections._writer is not inherited
    assert store.load(life.id) == life.job
    inherited.close()
