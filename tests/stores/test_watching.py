"""A watcher tells soon that something was written, and never sleeps over it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from headway.core import commands as c
from headway.stores.protocol import Store, Watcher
from headway.stores.reach import up_to
from headway.stores.wakeups.listener import Listener
from tests.stores.lives import Life

LONG_S = 30.0


@contextmanager
def waiting(watcher: Watcher, timeout_s: float = LONG_S) -> Iterator[Callable[[], bool]]:
    """A thread that waits; calling what is given joins it and answers what it was told."""
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(watcher.wait(timeout_s)))
    thread.start()

    def answer() -> bool:
        thread.join(LONG_S)
        return told[0]

    yield answer
    thread.join(LONG_S)


def settled(watcher: Watcher) -> Watcher:
    """Has told all that there is to tell; that it has begun to listen is told, too."""
    if isinstance(watcher, Listener):
        assert watcher.await_proof(LONG_S)
    while watcher.wait(0.05):
        continue
    return watcher


def test_a_commit_ends_a_wait(store: Store) -> None:
    life = Life(store).begun()
    with closing(settled(store.watch())) as watcher:
        for command in (c.Advance(delta=1), c.Note(message="a")):
            began = time.monotonic()
            with waiting(watcher) as told:
                life.tell(command)
                assert told()
            assert time.monotonic() - began < 5
            settled(watcher)


def test_what_is_written_between_two_waits_is_told_by_the_second(store: Store) -> None:
    life = Life(store).begun()
    with closing(settled(store.watch())) as watcher:
        for _ in range(20):
            life.tell(c.Advance(delta=1))
            assert watcher.wait(LONG_S)


def test_a_wait_ends_when_its_time_is_over(store: Store) -> None:
    Life(store)
    with closing(settled(store.watch())) as watcher:
        began = time.monotonic()
        assert not watcher.wait(0.05)
        assert time.monotonic() - began >= 0.045
        assert not watcher.wait(0)


def test_a_wait_is_ended_by_another_thread(store: Store) -> None:
    with closing(settled(store.watch())) as watcher:
        with waiting(watcher) as told:
            watcher.wake()
            assert told()
        watcher.wake()
        assert watcher.wait(LONG_S)
        assert not watcher.wait(0.01)


def test_several_watchers_are_all_told(store: Store) -> None:
    life = Life(store).begun()
    watchers = [settled(store.watch()) for _ in range(3)]
    with waiting(watchers[0]) as first, waiting(watchers[1]) as second, waiting(watchers[2]) as third:
        life.tell(c.Note(message="a"))
        assert [first(), second(), third()] == [True, True, True]
    for watcher in watchers:
        watcher.close()


def test_closing_ends_a_wait(store: Store) -> None:
    watcher = settled(store.watch())
    with waiting(watcher) as told:
        watcher.close()
        told()
    watcher.close()


def test_reading_wakes_nobody(store: Store) -> None:
    life = Life(store).begun()
    with closing(settled(store.watch())) as watcher:
        store.load(life.id)
        store.delta(up_to(0))
        store.history(life.id)
        assert not watcher.wait(0.05)
