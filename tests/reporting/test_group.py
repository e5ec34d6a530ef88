"""A group is led by one of its callers, and an interrupted leader leaves nobody waiting."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from headway.core.errors import StoreUnavailable
from headway.reporting.group import Group
from tests.waiting import eventually


def test_a_call_that_comes_alone_is_settled_by_its_own_thread() -> None:
    threads: list[int] = []
    Group[str](lambda _: threads.append(threading.get_ident())).run(["a"])
    assert threads == [threading.get_ident()]


def test_requests_keep_their_order() -> None:
    seen: list[int] = []
    group = Group[int](seen.extend)
    group.run([1, 2])
    group.run([3])
    assert seen == [1, 2, 3]


def test_an_error_reaches_every_caller_of_its_group_and_no_other() -> None:
    started, go = threading.Event(), threading.Event()

    def settle(requests: Sequence[str]) -> None:
        if "first" in requests:
            started.set()
            assert go.wait(10)
        if "bad" in requests:
            raise ValueError("bad group")

    group = Group[str](settle)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(group.run, ["first"])
        assert started.wait(10)
        bad, fellow = pool.submit(group.run, ["bad"]), pool.submit(group.run, ["fellow"])
        eventually(lambda: len(group._turns) == 2)
        go.set()
        assert first.exception(10) is None
        assert isinstance(bad.exception(10), ValueError)
        assert isinstance(fellow.exception(10), ValueError)
    group.run(["after"])


def test_an_interrupted_leader_hands_over() -> None:
    started, go = threading.Event(), threading.Event()
    settled: list[str] = []

    def settle(requests: Sequence[str]) -> None:
        if "first" in requests:
            started.set()
            assert go.wait(10)
            raise KeyboardInterrupt
        settled.extend(requests)

    group = Group[str](settle)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.run, ["first"])
        assert started.wait(10)
        second = pool.submit(group.run, ["second"])
        eventually(lambda: len(group._turns) == 1)
        go.set()
        with pytest.raises(KeyboardInterrupt):
            first.result(10)
        second.result(10)
    assert settled == ["second"]


def test_a_caller_that_is_interrupted_while_it_waits_holds_nobody_up() -> None:
    started, go = threading.Event(), threading.Event()
    settled: list[str] = []

    def settle(requests: Sequence[str]) -> None:
        if "first" in requests:
            started.set()
            assert go.wait(10)
        settled.extend(requests)

    class Interrupting:
        def acquire(self) -> None:
            raise KeyboardInterrupt

        def release(self) -> None: ...

    class Interrupted(Group[str]):
        def _wait(self, turn: Any) -> None:
            if turn.requests == ["interrupted"]:
                turn.woken = Interrupting()
            super()._wait(turn)

    group = Interrupted(settle)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(group.run, ["first"])
        assert started.wait(10)
        with pytest.raises(KeyboardInterrupt):
            group.run(["interrupted"])
        go.set()
        first.result(10)
    assert not group._led
    group.run(["after"])
    assert settled == ["first", "after"]


def test_whom_an_interrupted_leader_left_is_told_that_the_outcome_is_unknown() -> None:
    started, go = threading.Event(), threading.Event()
    leading = threading.Event()

    def settle(requests: Sequence[str]) -> None:
        if "first" in requests:
            started.set()
            assert go.wait(10)
        if "second" in requests:
            leading.set()
            raise KeyboardInterrupt

    group = Group[str](settle)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(group.run, ["first"])
        assert started.wait(10)
        second = pool.submit(group.run, ["second"])
        eventually(lambda: len(group._turns) == 1)
        third = pool.submit(group.run, ["third"])
        eventually(lambda: len(group._turns) == 2)
        go.set()
        assert isinstance(second.exception(10), KeyboardInterrupt)
        assert isinstance(third.exception(10), StoreUnavailable)
        first.result(10)


class Pair:
    """A group in which two callers have shared a commit; `sizes` of its commits so far: 1, 2."""

    def __init__(self, pool: ThreadPoolExecutor, company_s: float) -> None:
        self.sizes: list[int] = []
        self.fails = False
        self._started, self._go = threading.Event(), threading.Event()
        self.group = Group[str](self._settle, company_s=company_s)
        calls = [pool.submit(self.group.run, ["first"])]
        assert self._started.wait(10)
        calls += [pool.submit(self.group.run, [name]) for name in ("second", "third")]
        eventually(lambda: len(self.group._turns) == 2)
        self._go.set()
        assert [call.result(10) for call in calls] == [None, None, None]

    def _settle(self, requests: Sequence[str]) -> None:
        self._started.set()
        assert self._go.wait(10)
        self.sizes.append(len(requests))
        if self.fails:
            raise ValueError("the store is gone")


def test_who_comes_again_first_waits_for_those_who_shared_the_last_commit() -> None:
    with ThreadPoolExecutor(3) as pool:
        pair = Pair(pool, company_s=10)
        one = pool.submit(pair.group.run, ["one"])
        eventually(lambda: pair.group._awaited == 2)
        other = pool.submit(pair.group.run, ["other"])
        assert (one.result(5), other.result(5)) == (None, None)
        assert pair.sizes == [1, 2, 2]


def test_who_is_left_alone_waits_once_and_no_more() -> None:
    with ThreadPoolExecutor(3) as pool:
        pair = Pair(pool, company_s=0.01)
        pair.group.run(["one"])
        assert pair.group._company == 1
        pair.group._company_s = 60  # it would be noticed
        pair.group.run(["another"])
        assert pair.sizes == [1, 2, 1, 1]


def test_who_waited_for_company_is_told_of_the_error_too() -> None:
    with ThreadPoolExecutor(3) as pool:
        pair = Pair(pool, company_s=0.01)
        pair.fails = True
        with pytest.raises(ValueError, match="gone"):
            pair.group.run(["one"])
