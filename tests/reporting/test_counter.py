"""Counting is exact, however many threads count and however often somebody looks."""

from __future__ import annotations

import sys
import threading

from headway.core.commands import Advance, Update
from headway.reporting.counter import Counter
from headway.reporting.tally import Tally


def test_what_is_taken_is_what_was_added() -> None:
    counter = Counter(Tally())
    counter.n += 3
    assert counter.take("s") == [Advance(step="s", delta=3)]
    assert counter.take("s") == []


def test_a_set_count_replaces_what_was_added_before_it() -> None:
    counter = Counter(Tally())
    counter.n += 3
    counter.set(current=10, total=20)
    counter.n += 2
    assert counter.take(None) == [Update(current=10, total=20), Advance(delta=2)]


def test_the_newest_value_wins() -> None:
    counter = Counter(Tally())
    counter.set(message="one", total=5)
    counter.set(message="two")
    assert counter.take(None) == [Update(message="two", total=5)]


def test_no_count_is_lost_or_doubled_between_threads_that_add_and_one_that_takes() -> None:
    counter = Counter(Tally())
    done = threading.Event()
    taken: list[int] = []

    def add() -> None:
        for _ in range(20_000):
            counter.n += 1

    def take() -> None:
        while not done.is_set():
            taken.extend(item.delta for item in counter.take(None) if isinstance(item, Advance))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=add) for _ in range(4)]
        taker = threading.Thread(target=take)
        for thread in (taker, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        taker.join()
    finally:
        sys.setswitchinterval(before)
    taken.extend(item.delta for item in counter.take(None) if isinstance(item, Advance))
    assert sum(taken) == 80_000


def test_a_count_and_a_smaller_total_that_travel_together_fit_as_if_they_had_travelled_alone() -> None:
    counter = Counter(Tally())
    counter.set(current=5)
    counter.set(total=3)
    assert counter.take("scan") == [Update(step="scan", current=5, total=5)]
