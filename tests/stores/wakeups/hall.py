"""A bus inside the test, which notes what is said, and fails as it is told to."""

from __future__ import annotations

import queue
import threading
import time
from typing import NamedTuple


class Said(NamedTuple):
    at: float
    word: str


class Hall:
    """Everybody in it hears everybody, unless `away`, `deaf` or `stuck` is set."""

    name = "the hall"

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.away = threading.Event()  # nobody gets in, and nothing can be said
        self.deaf = threading.Event()  # what is said reaches nobody
        self.free = threading.Event()  # while not set, whoever enters or speaks stands still
        self.free.set()
        self.entered = 0
        self.voices: list[HallVoice] = []
        self.ears: list[HallEar] = []

    def speak(self) -> HallVoice:
        self._enter()
        self.voices.append(HallVoice(self))
        return self.voices[-1]

    def listen(self) -> HallEar:
        self._enter()
        self.ears.append(HallEar())
        return self.ears[-1]

    def lose(self) -> None:
        """Every listener loses its connection."""
        for ear in list(self.ears):
            ear.words.put(None)
        self.ears.clear()

    def check(self) -> None:
        self.free.wait()
        if self.away.is_set():
            raise ConnectionRefusedError("nobody is in")

    def _enter(self) -> None:
        self.entered += 1
        self.check()


class HallVoice:
    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.closed = False

    def say(self, word: str) -> None:
        self._hall.check()
        self._hall.said.append(Said(time.monotonic(), word))
        for ear in [] if self._hall.deaf.is_set() else list(self._hall.ears):
            ear.words.put(word)

    def close(self) -> None:
        self.closed = True


class HallEar:
    def __init__(self) -> None:
        self.words: queue.Queue[str | None] = queue.Queue()
        self.closed = False

    def hear(self, timeout_s: float) -> list[str]:
        try:
            word = self.words.get(timeout=timeout_s)
        except queue.Empty:
            return []
        if word is None:
            raise ConnectionResetError("the connection was lost")
        return [word]

    def close(self) -> None:
        self.closed = True
