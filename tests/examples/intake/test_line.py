"""A line gives what is due, in the order in which it came, to one taker each, and nothing once it is closed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from examples.intake.line import Line


def test_what_came_first_is_taken_first() -> None:
    line: Line[str] = Line()
    for thing in "abc":
        line.put(thing)

    assert [line.take() for _ in range(3)] == ["a", "b", "c"]


def test_what_is_to_wait_is_overtaken_and_not_taken_before_its_time() -> None:
    line: Line[str] = Line()
    begun = time.monotonic()
    line.put("later", after_s=0.2)
    line.put("now")

    assert line.take() == "now"
    assert line.take() == "later"
    assert time.monotonic() - begun >= 0.2


def test_who_waits_for_what_is_far_off_gets_what_comes_sooner() -> None:
    line: Line[str] = Line()
    line.put("in an hour", after_s=3600)
    with ThreadPoolExecutor(1) as taker:
        taken = taker.submit(line.take)
        line.put("now")

        assert taken.result(10) == "now"


def test_what_is_hurried_does_not_wait_for_its_time() -> None:
    line: Line[str] = Line()
    line.put("in an hour", after_s=3600)
    line.put("in two hours", after_s=7200)
    with ThreadPoolExecutor(1) as taker:
        taken = taker.submit(line.take)
        line.hurry(lambda thing: thing == "in two hours")

        assert taken.result(10) == "in two hours"


def test_each_thing_is_taken_once() -> None:
    line: Line[int] = Line()
    with ThreadPoolExecutor(8) as takers:
        taken = [takers.submit(line.take) for _ in range(200)]
        for number in range(200):
            line.put(number)

        assert sorted(each.result(10) or 0 for each in taken) == list(range(200))


def test_a_closed_line_lets_everybody_go_and_gives_nothing_more() -> None:
    line: Line[str] = Line()
    gone: list[str | None] = []
    waiting = [threading.Thread(target=lambda: gone.append(line.take())) for _ in range(3)]
    for thread in waiting:
        thread.start()
    line.put("in an hour", after_s=3600)

    line.close()

    for thread in waiting:
        thread.join(10)
    assert gone == [None] * 3
    line.put("too late")
    assert line.take() is None
