"""Owns the proof that a wait never takes longer than the floor."""

from __future__ import annotations

import time

from headway.stores.wakeups.floor import FloorWatcher

LONG_S = 30.0


def test_a_wait_ends_at_the_floor_again_and_again() -> None:
    watcher = FloorWatcher(floor_s=0.1)
    for _ in range(3):
        began = time.monotonic()
        assert watcher.wait(LONG_S)
        assert 0.08 <= time.monotonic() - began < 5


def test_short_waits_add_up_to_the_floor() -> None:
    watcher = FloorWatcher(floor_s=0.1)
    answers = [watcher.wait(0.03) for _ in range(4)]
    assert answers[0] is False
    assert True in answers


def test_being_told_puts_the_floor_off() -> None:
    watcher = FloorWatcher(floor_s=0.3)
    assert not watcher.wait(0.2)
    watcher.wake()
    assert watcher.wait(LONG_S)
    assert not watcher.wait(0.15)


def test_a_floor_long_past_is_told_at_once() -> None:
    assert FloorWatcher(floor_s=0).wait(0)
    assert not FloorWatcher(floor_s=LONG_S).wait(0)


def test_a_closed_one_waits_no_more() -> None:
    watcher = FloorWatcher()
    watcher.close()
    began = time.monotonic()
    assert not watcher.wait(LONG_S)
    assert not watcher.wait(LONG_S)
    assert time.monotonic() - began < 5
    watcher.close()
