"""Owns the proof that every bus keeps the same promises, on a real server that goes away and comes back."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psutil
import pytest

from headway.stores.wakeups.bus import LOOK, Ear
from headway.stores.wakeups.listener import Listener
from headway.stores.wakeups.notifier import EVERY_S, FLUSH_S, Notifier
from tests.stores.wakeups.conftest import Place
from tests.waiting import eventually

LONG_S = 30.0

WRITER = """
import sys
from headway.stores.wakeups.choice import open_bus
from headway.stores.wakeups.notifier import Notifier
notifier = Notifier(open_bus(sys.argv[1], own=lambda: None, topic=lambda: "one"))
for line in sys.stdin:
    notifier.notify()
notifier.close()
"""


def all_heard(ear: Ear, *, within_s: float = 0.5) -> list[str]:
    """Everything until nothing comes any more."""
    words: list[str] = []
    while came := ear.hear(within_s):
        words += came
    return words


@contextmanager
def listening(place: Place, *, through_proxy: bool = False, floor_s: float = LONG_S) -> Iterator[Listener]:
    """A listener that hears, and has told all that there was."""
    bus = place.bus_through_proxy if through_proxy else place.bus
    with (
        closing(Notifier(bus)) as notifier,
        closing(Listener(bus, notifier, floor_s=floor_s, prove_every_s=0.2, answer_s=0.8)) as listener,
    ):
        assert listener.await_proof(LONG_S)
        listener.wait(0)
        yield listener


def test_everybody_hears_every_word(place: Place) -> None:
    bus = place.bus
    with closing(bus.listen()) as first, closing(bus.listen()) as second, closing(bus.speak()) as voice:
        words = [LOOK, "proof:1", LOOK]
        for word in words:
            voice.say(word)
        assert all_heard(first) == all_heard(second) == words
        assert first.hear(0) == []


def test_what_is_said_once_listening_returned_is_heard(place: Place) -> None:
    with closing(place.bus.speak()) as voice:
        for _ in range(30):
            with closing(place.bus.listen()) as ear:
                voice.say(LOOK)
                assert eventually(lambda: ear.hear(1)) == [LOOK]


def test_another_store_on_the_same_server_is_not_heard(place: Place) -> None:
    with closing(place.bus.listen()) as ear, closing(place.elsewhere.speak()) as voice:
        voice.say(LOOK)
        with closing(place.bus.speak()) as own:
            own.say("proof:own")
        assert all_heard(ear) == ["proof:own"]


def test_the_hint_of_another_process_is_there_within_milliseconds(place: Place) -> None:
    with (
        listening(place) as listener,
        subprocess.Popen([sys.executable, "-c", WRITER, place.url], stdin=subprocess.PIPE, text=True) as writer,
    ):
        assert writer.stdin
        took = []
        for _ in range(20):
            began = time.monotonic()
            print(file=writer.stdin, flush=True)
            assert listener.wait(LONG_S)
            took.append(time.monotonic() - began)
        writer.stdin.close()
    assert statistics.median(took) < 0.05


def test_the_hint_of_a_process_that_ends_at_once_is_heard(place: Place) -> None:
    with listening(place) as listener:
        subprocess.run([sys.executable, "-c", WRITER, place.url], input="\n", text=True, check=True)
        assert listener.wait(LONG_S)


def test_a_thousand_writers_are_heard_at_most_fifty_times_a_second(place: Place) -> None:
    start = threading.Barrier(1001)

    def write() -> None:
        start.wait()
        for _ in range(20):
            notifier.notify()

    with closing(place.bus.listen()) as ear:
        with closing(Notifier(place.bus)) as notifier:
            writers = [threading.Thread(target=write) for _ in range(1000)]
            for writer in writers:
                writer.start()
            began = time.monotonic()
            start.wait()
            for writer in writers:
                writer.join()
        took = time.monotonic() - began
        assert 1 <= len(all_heard(ear)) <= 2 + took / EVERY_S


def test_a_server_that_restarts_is_found_again_by_both_sides(place: Place) -> None:
    with listening(place) as listener, closing(Notifier(place.bus)) as other:
        for _ in range(2):
            place.restart()
            assert listener.wait(LONG_S)
            assert eventually(lambda: listener.proven)
            assert eventually(lambda: not listener.wait(0))
            other.notify()
            assert listener.wait(LONG_S)


def test_connections_that_are_reset_are_made_anew_and_told(place: Place) -> None:
    with listening(place, through_proxy=True) as listener:
        place.proxy.reset()
        assert listener.wait(LONG_S)
        assert listener.await_proof(LONG_S)


def test_a_server_that_falls_silent_is_found_and_delays_nobody(place: Place) -> None:
    with listening(place, through_proxy=True, floor_s=0.2) as listener:
        with place.proxy.swallowing():
            eventually(lambda: not listener.proven)
            for _ in range(3):
                began = time.monotonic()
                assert listener.wait(LONG_S)
                assert time.monotonic() - began < 1
        assert listener.await_proof(LONG_S)


@pytest.mark.parametrize("when", ["connecting", "speaking"])
def test_closing_before_a_silent_server_is_bounded_and_leaves_nothing(place: Place, when: str) -> None:
    threads, descriptors = threading.active_count(), psutil.Process().num_fds()
    bus = place.bus_through_proxy
    if when == "connecting":
        place.proxy.swallow()
    notifier = Notifier(bus)
    listener = Listener(bus, notifier, prove_every_s=0.1)
    if when == "speaking":
        assert listener.await_proof(LONG_S)
        place.proxy.swallow()
    notifier.notify()
    began = time.monotonic()
    listener.close()
    assert time.monotonic() - began < 1.5
    began = time.monotonic()
    notifier.close()
    assert time.monotonic() - began < FLUSH_S + 0.5
    eventually(lambda: threading.active_count() == threads, within_s=LONG_S)
    place.proxy.heal()
    eventually(lambda: place.proxy.connections == 0)
    eventually(lambda: psutil.Process().num_fds() <= descriptors)


def test_nothing_is_left_after_many_of_them(place: Place) -> None:
    with listening(place):
        pass
    threads, descriptors = threading.active_count(), psutil.Process().num_fds()
    for _ in range(5):
        with listening(place):
            pass
    assert threading.active_count() == threads
    assert psutil.Process().num_fds() <= descriptors


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_has_connections_of_its_own_and_leaves_its_parents_alone(place: Place) -> None:
    with listening(place) as listener, closing(Notifier(place.bus)) as notifier, closing(place.bus.listen()) as ear:
        notifier.notify()
        assert listener.wait(LONG_S)
        child = os.fork()
        if not child:
            _live_on(listener, notifier)
        assert os.waitpid(child, 0)[1] == 0
        assert eventually(lambda: "from the child" in ear.hear(1))
        assert listener.proven
        eventually(lambda: not listener.wait(0))
        notifier.notify()
        assert listener.wait(LONG_S)


def _live_on(listener: Listener, notifier: Notifier) -> None:
    """As a forked worker does: it says something, hears something, and ends."""
    status = 1
    try:
        notifier.notify("from the child")
        assert listener.wait(LONG_S)
        assert listener.await_proof(LONG_S)
        notifier.notify()
        assert listener.wait(LONG_S)
        listener.close()
        notifier.close()
        status = 0
    finally:
        os._exit(status)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_that_exits_in_order_takes_nothing_along(place: Place) -> None:
    with listening(place) as listener, closing(Notifier(place.bus)) as notifier:
        notifier.notify()
        assert listener.wait(LONG_S)
        child = multiprocessing.get_context("fork").Process(target=notifier.notify)
        child.start()
        child.join()
        assert child.exitcode == 0
        eventually(lambda: not listener.wait(0))
        notifier.notify()
        assert listener.wait(LONG_S)
        assert listener.proven
