"""Owns the proof that a listener knows whether it hears, finds a deaf ear, and never makes anybody wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from headway.stores.protocol import Watcher
from headway.stores.wakeups.floor import FLOOR_S, FloorWatcher
from headway.stores.wakeups.listener import ANSWER_S, CLOSE_S, HEAR_S, PROVE_EVERY_S, Listener, watch
from headway.stores.wakeups.notifier import Notifier
from tests.stores.wakeups.hall import Hall
from tests.waiting import eventually

LONG_S = 30.0


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.free.set()


@pytest.fixture
def notifier(hall: Hall) -> Iterator[Notifier]:
    with closing(Notifier(hall)) as notifier:
        yield notifier


@pytest.fixture
def listener(hall: Hall, notifier: Notifier) -> Iterator[Listener]:
    """Hears, and has told that it does; without a floor within sight."""
    with closing(Listener(hall, notifier, floor_s=LONG_S, prove_every_s=0.05, answer_s=0.5)) as listener:
        assert listener.await_proof(LONG_S)
        assert listener.wait(LONG_S)
        yield listener


def woken(watcher: Watcher) -> Callable[[], bool]:
    """Waits in a thread of its own; what is given answers what it was told."""
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(watcher.wait(LONG_S)))
    thread.start()

    def answer() -> bool:
        thread.join(LONG_S)
        return answers[0]

    return answer


def test_a_word_of_somebody_else_ends_a_wait(hall: Hall, listener: Listener) -> None:
    told = woken(listener)
    with closing(Notifier(hall)) as other:
        other.notify()
        assert told()


def test_proofs_wake_nobody(hall: Hall, notifier: Notifier, listener: Listener) -> None:
    with closing(Listener(hall, notifier, prove_every_s=0.05)) as other:
        assert other.await_proof(LONG_S)
        proofs = len(hall.said)
        eventually(lambda: len(hall.said) > proofs + 4)
        assert not listener.wait(0)


def test_who_was_not_told_before_it_listened_is_told_then(hall: Hall, notifier: Notifier) -> None:
    hall.free.clear()
    with closing(Listener(hall, notifier, floor_s=LONG_S)) as listener:
        eventually(lambda: hall.entered)
        assert not listener.wait(0)
        hall.free.set()
        assert listener.wait(LONG_S)


def test_a_lost_connection_is_made_anew_and_told(hall: Hall, listener: Listener) -> None:
    for _ in range(3):
        ears = len(hall.ears)
        told = woken(listener)
        hall.lose()
        assert told()
        assert len(hall.ears) <= ears
        assert eventually(lambda: listener.proven)


def test_a_deaf_ear_is_found_closed_and_replaced(hall: Hall, listener: Listener) -> None:
    [ear] = hall.ears
    hall.deaf.set()
    eventually(lambda: not listener.proven)
    eventually(lambda: ear.closed)
    assert listener.wait(LONG_S)
    hall.deaf.clear()
    assert listener.await_proof(LONG_S)
    eventually(lambda: len([ear for ear in hall.ears if not ear.closed]) == 1)


def test_a_deaf_ear_is_found_within_eight_seconds() -> None:
    assert PROVE_EVERY_S + ANSWER_S + HEAR_S <= 8
    assert FLOOR_S <= 1


def test_nobody_waits_longer_than_the_floor_whatever_is_wrong(hall: Hall, notifier: Notifier) -> None:
    with closing(Listener(hall, notifier, floor_s=0.1, prove_every_s=0.05, answer_s=0.1)) as listener:
        for fault in (hall.deaf.set, hall.away.set, hall.lose, hall.free.clear):
            fault()
            for _ in range(3):
                began = time.monotonic()
                assert listener.wait(LONG_S)
                assert time.monotonic() - began < 5
        hall.free.set()


def test_what_is_wrong_is_said_once_and_that_it_is_over(
    hall: Hall, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="headway.wakeups")
    hall.deaf.set()
    ears = len(hall.ears)
    eventually(lambda: len(hall.ears) > ears + 1)
    hall.deaf.clear()
    eventually(lambda: len(caplog.records) == 2)
    said, over = (record.getMessage() for record in caplog.records)
    assert said.startswith(
        "hints over the hall are not heard; changes are seen within a second all the same: nothing was"
    )
    assert "pooler" in said
    assert over == "hints over the hall are not heard: no longer so"


def test_closing_ends_the_wait_and_the_thread(hall: Hall, notifier: Notifier) -> None:
    listener = Listener(hall, notifier)
    assert listener.await_proof(LONG_S)
    listener.wait(LONG_S)
    told = woken(listener)
    before = threading.active_count()
    listener.close()
    assert not told()
    assert threading.active_count() < before
    assert all(ear.closed for ear in hall.ears)
    assert not listener.wait(LONG_S)
    listener.close()


def test_closing_waits_for_no_connection(hall: Hall, notifier: Notifier) -> None:
    hall.free.clear()
    before = threading.active_count()
    listener = Listener(hall, notifier)
    eventually(lambda: hall.entered)
    began = time.monotonic()
    listener.close()
    assert time.monotonic() - began < CLOSE_S + 0.5
    hall.free.set()
    eventually(lambda: threading.active_count() == before)
    assert all(ear.closed for ear in hall.ears)


def test_the_watcher_of_no_bus_looks_by_itself(hall: Hall, notifier: Notifier) -> None:
    before = threading.active_count()
    watcher = watch(None, Notifier(None))
    assert type(watcher) is FloorWatcher
    assert threading.active_count() == before
    with closing(watch(hall, notifier)) as watcher:
        assert type(watcher) is Listener
