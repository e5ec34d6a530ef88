"""How a watcher learns of changes: from the kernel where it tells, by looking where it does not."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.stores.protocol import Watcher
from headway.stores.sqlite import inotify, watching
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        yield store


def settled(watcher: Watcher) -> Watcher:
    while watcher.wait(0.05):
        continue
    return watcher


def without_inotify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_WITH_INOTIFY", ())


def test_the_kernel_is_asked_where_it_can_tell(store: SQLiteStore) -> None:
    with closing(store.watch()) as watcher:
        assert type(watcher).__name__ == ("InotifyWatcher" if sys.platform == "linux" else "LookingWatcher")


def test_a_kernel_without_watches_left_is_replaced_by_looking(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(errno.EMFILE, "no instances left")

    monkeypatch.setattr(inotify, "_Inotify", full)
    with closing(store.watch()) as watcher:
        assert isinstance(watcher, watching.LookingWatcher)


def test_looking_finds_what_was_written(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    without_inotify(monkeypatch)
    life = Life(store).begun()
    with closing(settled(store.watch())) as watcher:
        for _ in range(5):
            life.tell(c.Advance(delta=1))
            assert watcher.wait(10)
        assert not watcher.wait(0.02)
        watcher.wake()
        assert watcher.wait(10)
    assert not watcher.wait(0)


def test_a_sleeping_watcher_is_told_within_milliseconds(store: SQLiteStore) -> None:
    life, took = Life(store).begun(), list[float]()
    with closing(settled(store.watch())) as watcher:
        for _ in range(15):
            told = threading.Event()
            thread = threading.Thread(target=lambda told=told: watcher.wait(30) and told.set())
            thread.start()
            life.tell(c.Note(message="a"))
            began = time.perf_counter()
            assert told.wait(30)
            took.append(time.perf_counter() - began)
            thread.join()
            settled(watcher)
    assert sorted(took)[len(took) // 2] < 0.02


def test_a_log_that_is_removed_is_watched_again(folder: Path, store: SQLiteStore) -> None:
    """As when every connection was closed for a moment: the next one makes a new log."""
    life = Life(store).begun()
    with closing(settled(store.watch())) as watcher:
        store._connections.before_fork()
        assert not (folder / "jobs.db-wal").exists()
        store._connections.after_fork()
        settled(watcher)
        for _ in range(3):
            life.tell(c.Advance(delta=1))
            began = time.monotonic()
            assert watcher.wait(30)
            assert time.monotonic() - began < 0.9
            settled(watcher)


def test_a_watcher_leaves_nothing_open(store: SQLiteStore) -> None:
    fds = Path("/proc/self/fd")
    settled(store.watch()).close()
    before = len(list(fds.iterdir())) if fds.is_dir() else 0
    for _ in range(20):
        store.watch().close()
    assert (len(list(fds.iterdir())) if fds.is_dir() else 0) == before


def test_a_wake_that_meets_the_close_rings_no_closed_bell(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ring, about_to, closed = os.write, threading.Event(), threading.Event()
    faults: list[OSError] = []

    def held(fd: int, content: bytes) -> int:
        if threading.current_thread() is waking:
            about_to.set()
            closed.wait(0.2)  # it may not close now: then this is over first
        return ring(fd, content)

    def wake() -> None:
        try:
            watcher.wake()
        except OSError as fault:
            faults.append(fault)

    watcher = store.watch()
    monkeypatch.setattr(os, "write", held)
    waking = threading.Thread(target=wake)
    waking.start()
    assert about_to.wait(10)
    watcher.close()
    closed.set()
    waking.join()
    assert faults == []


def test_a_watcher_may_be_woken_any_number_of_times_before_it_waits(store: SQLiteStore) -> None:
    with closing(settled(store.watch())) as watcher:
        for _ in range(70_000):  # more than a pipe holds
            watcher.wake()
        assert watcher.wait(0)
        assert not watcher.wait(0)


def test_a_watcher_that_many_wake_at_once_is_never_woken_for_nothing(store: SQLiteStore) -> None:
    def wake() -> None:
        for _ in range(5_000):
            watcher.wake()

    with closing(settled(store.watch())) as watcher:
        callers = [threading.Thread(target=wake) for _ in range(3)]
        for caller in callers:
            caller.start()
        while any(caller.is_alive() for caller in callers):
            watcher.wait(0.01)
        for caller in callers:
            caller.join()
        settled(watcher)
        assert not watcher.wait(0)
