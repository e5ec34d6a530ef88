"""Owns the proof that the tailer hands on what is new, also when that is only that more is proven, and notices a store
that has become another.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from headway.core.errors import StoreUnavailable
from headway.hub import tailer
from headway.hub.frames import Batch
from headway.hub.tailer import Reached, Tailer
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Delta, Horizon
from headway.stores.reach import Reach, up_to

OPEN = Reach(30, ((10, 20),))
CLOSED = up_to(29)


class Scripted(MemoryStore):
    """Answers what the test wrote down, the last answer for ever."""

    def __init__(self, *reaches: Reach) -> None:
        super().__init__()
        self._reaches = list(reaches)
        self.replaced = False
        self.away = False
        self.checked: list[int] = []
        self._asked = threading.Semaphore(0)

    def horizon(self) -> Horizon:
        return Horizon(epoch="another" if self.replaced else "same", reach=self._reaches[0])

    def checkpoint(self, position: int) -> str:
        self.checked.append(position)
        return f"check{position}"

    def delta(self, after: Reach, *, limit: int = 1000) -> Delta:
        if self.away:
            self.away = False
            raise StoreUnavailable(self.url, "the connection was lost")
        if len(self._reaches) > 1:
            del self._reaches[0]
        self._asked.release()
        return Delta(self._reaches[0])

    def once_more(self) -> None:
        """Returns when it was asked twice more: what came before the second was dealt with."""
        while self._asked.acquire(blocking=False):
            continue
        for _ in range(2):
            assert self._asked.acquire(timeout=5)


class Told:
    """What a tailer has told, in order."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Reached | Batch | Exception] = queue.Queue()

    def begun(self, reached: Reached) -> None:
        self._queue.put(reached)

    def delivered(self, batch: Batch) -> None:
        self._queue.put(batch)

    def failed(self, error: Exception) -> None:
        self._queue.put(error)

    def next(self) -> tuple[Reach, str]:
        """How far it has come, and the check there."""
        told = self._queue.get(timeout=5)
        assert not isinstance(told, Exception)
        return (told.reach if isinstance(told, Batch) else told.horizon.reach), told.check

    @property
    def nothing_more(self) -> bool:
        return self._queue.empty()


@pytest.fixture
def tailing() -> Iterator[list[Tailer]]:
    tailers: list[Tailer] = []
    yield tailers
    for begun in tailers:
        begun.stop()
        begun.join(5)


def tail(store: Scripted, tailing: list[Tailer], floor_s: float = 0.01) -> Told:
    told = Told()
    tailing.append(Tailer(store, told, tick_s=0.0, floor_s=floor_s))
    tailing[-1].start()
    return told


def test_a_gap_that_closes_without_any_change_is_told(tailing: list[Tailer]) -> None:
    store = Scripted(OPEN, OPEN, OPEN, CLOSED)
    told = tail(store, tailing)
    assert told.next() == (OPEN, "check9")
    assert told.next() == (CLOSED, "check29")
    store.once_more()
    assert told.nothing_more
    assert store.checked == [9, 29], "it is asked once more, for much of it was delivered before"


def test_as_long_as_the_first_gap_is_open_the_check_stays(tailing: list[Tailer]) -> None:
    store = Scripted(OPEN, OPEN._replace(top=40), Reach(50, ((10, 20), (44, 45))))
    told = tail(store, tailing)
    assert [told.next()[1] for _ in range(3)] == ["check9"] * 3
    assert store.checked == [9]


def test_a_store_that_knows_less_than_was_delivered_is_another(tailing: list[Tailer]) -> None:
    store = Scripted(CLOSED, OPEN)
    told = tail(store, tailing)
    assert told.next() == (CLOSED, "check29")
    assert told.next() == (OPEN, "check9")
    store.once_more()
    assert told.nothing_more


def test_a_store_of_another_name_is_another(tailing: list[Tailer]) -> None:
    store = Scripted(CLOSED)
    told = tail(store, tailing)
    assert told.next() == (CLOSED, "check29")
    store.replaced = True
    assert told.next() == (CLOSED, "check29")


def test_a_store_that_was_away_is_asked_at_once_whether_it_is_still_the_same(
    tailing: list[Tailer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailer, "AWAY_S", 0.01)
    store = Scripted(CLOSED)
    told = tail(store, tailing, floor_s=3600.0)
    assert told.next() == (CLOSED, "check29")
    store.away = store.replaced = True
    tailing[0].wake()
    assert told.next() == (CLOSED, "check29")
