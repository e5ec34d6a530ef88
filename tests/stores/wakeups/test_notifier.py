"""Owns the proof that a writer only ever touches a flag, and that what it says goes out soon, seldom and safely."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from headway.stores.wakeups.bus import LOOK
from headway.stores.wakeups.notifier import EVERY_S, FLUSH_S, Notifier
from tests.stores.wakeups.hall import Hall
from tests.waiting import eventually


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.free.set()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_nothing_is_started_before_the_first_word(hall: Hall) -> None:
    before = threading.active_count()
    with closing(Notifier(hall)):
        assert (hall.entered, threading.active_count()) == (0, before)


def test_the_first_word_is_said_at_once_and_what_follows_together_later(hall: Hall) -> None:
    with closing(Notifier(hall, every_s=0.3)) as notifier:
        began = time.monotonic()
        notifier.notify()
        eventually(lambda: hall.said)
        for _ in range(100):
            notifier.notify()
        eventually(lambda: len(hall.said) == 2)
    first, second = hall.said
    assert first.word == second.word == LOOK
    assert first.at - began < 0.3
    assert second.at - first.at >= 0.3


def test_one_connection_says_everything(hall: Hall) -> None:
    with closing(Notifier(hall)) as notifier:
        for said in (1, 2, 3):
            notifier.notify()
            eventually(lambda said=said: len(hall.said) == said)  # type: ignore[misc]  # a default binds it
    assert hall.entered == 1
    assert hall.voices[0].closed


def test_a_thousand_writers_say_at_most_fifty_words_a_second(hall: Hall) -> None:
    start, enough = threading.Event(), threading.Event()
    with closing(Notifier(hall)) as notifier:

        def write() -> None:
            start.wait()
            while not enough.wait(0.005):
                notifier.notify()

        writers = [threading.Thread(target=write) for _ in range(1000)]
        for writer in writers:
            writer.start()
        began = time.monotonic()
        start.set()
        eventually(lambda: len(hall.said) >= 25)
        took = time.monotonic() - began
        said = len(hall.said)
        enough.set()
        for writer in writers:
            writer.join()
    assert said <= 1 + took / EVERY_S
    gaps = [later.at - earlier.at for earlier, later in zip(hall.said, hall.said[1:-1], strict=False)]
    assert min(gaps) >= EVERY_S * 0.95


def test_a_writer_waits_for_nobody(hall: Hall) -> None:
    hall.free.clear()
    with closing(Notifier(hall)) as notifier:
        began = time.monotonic()
        for _ in range(1000):
            notifier.notify()
        assert time.monotonic() - began < 0.5
        hall.free.set()
        eventually(lambda: hall.said)


def test_what_a_bus_raises_is_said_once_and_tried_again(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    hall.away.set()
    with closing(Notifier(hall)) as notifier:
        notifier.notify()
        eventually(lambda: hall.entered >= 3)
        assert len(warnings(caplog)) == 1
        assert "hints over the hall cannot be given" in warnings(caplog)[0]
        assert "nobody is in" in warnings(caplog)[0]
        hall.away.clear()
        eventually(lambda: hall.said)
        hall.away.set()
        notifier.notify()
        eventually(lambda: len(warnings(caplog)) == 2)
        hall.away.clear()
    assert all(voice.closed for voice in hall.voices)


def test_tries_grow_apart(hall: Hall) -> None:
    hall.away.set()
    with closing(Notifier(hall)) as notifier:
        began = time.monotonic()
        notifier.notify()
        eventually(lambda: hall.entered >= 4)
        assert time.monotonic() - began >= (0.1 + 0.2 + 0.4) / 2
        hall.away.clear()


def test_the_last_word_is_said_before_it_closes(hall: Hall) -> None:
    notifier = Notifier(hall, every_s=60)
    notifier.notify()
    eventually(lambda: hall.said)
    notifier.notify()
    notifier.close()
    assert len(hall.said) == 2
    assert hall.voices[0].closed
    notifier.notify()
    notifier.close()
    assert len(hall.said) == 2


def test_the_last_word_is_tried_once_more_where_it_failed_before(hall: Hall) -> None:
    hall.away.set()
    notifier = Notifier(hall)
    notifier.notify()
    eventually(lambda: hall.entered >= 4)
    hall.away.clear()
    notifier.close()
    assert [said.word for said in hall.said] == [LOOK]


def test_closing_waits_for_nobody_for_long(hall: Hall) -> None:
    hall.free.clear()
    before = threading.active_count()
    notifier = Notifier(hall)
    notifier.notify()
    began = time.monotonic()
    notifier.close()
    assert FLUSH_S <= time.monotonic() - began < FLUSH_S + 0.5
    hall.free.set()
    eventually(lambda: threading.active_count() == before)
    assert all(voice.closed for voice in hall.voices)


def test_a_connection_that_nobody_needs_is_given_back(hall: Hall) -> None:
    with closing(Notifier(hall, idle_s=0.05)) as notifier:
        notifier.notify()
        eventually(lambda: hall.voices and hall.voices[0].closed)
        notifier.notify()
        eventually(lambda: len(hall.said) == 2)
        assert hall.entered == 2


def test_proofs_and_hints_are_both_said(hall: Hall) -> None:
    with closing(Notifier(hall)) as notifier:
        for word in ("proof:1", LOOK, "proof:2", LOOK):
            notifier.notify(word)
        eventually(lambda: {said.word for said in hall.said} == {LOOK, "proof:1", "proof:2"})


def test_where_no_thread_can_start_nothing_is_raised(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    with closing(Notifier(hall)) as notifier:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            notifier.notify()
        assert not hall.said
        notifier.notify()
        eventually(lambda: hall.said)


def test_without_a_bus_nothing_is_said() -> None:
    before = threading.active_count()
    notifier = Notifier(None)
    notifier.notify()
    assert threading.active_count() == before
    notifier.close()
