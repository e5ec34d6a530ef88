"""The one thread of a process that tells the others that something was written."""

from __future__ import annotations

import os
import threading
from typing import Final

from headway.stores.forks import keep_for_ever, renewed_in_children
from headway.stores.wakeups.bus import LOOK, Bus, Voice
from headway.stores.wakeups.trouble import Trouble

EVERY_S: Final = 0.02  # between two words: at most 50 a second, however many write
IDLE_S: Final = 60.0  # after which a connection that nobody needs is given back
FLUSH_S: Final = 0.5  # how long a closing process waits until its last word was taken


class Notifier:
    """Says the first word at once, and what comes meanwhile as one word later. Thread-safe; nothing it meets is raised.

    Neither thread nor connection before the first word. A forked child has its own, with none of its parent's words.
    """

    def __init__(self, bus: Bus | None, *, every_s: float = EVERY_S, idle_s: float = IDLE_S) -> None:
        """Without a bus it says nothing."""
        self._bus = bus
        self._every_s = every_s
        self._idle_s = idle_s
        self._voice: Voice | None = None
        self._closed = bus is None
        self._begin_anew()
        renewed_in_children(self)

    def notify(self, word: str = LOOK) -> None:
        """Something was written. Returns at once, and costs about a microsecond."""
        if self._closed or self._pid != os.getpid():  # in a child, before its turn came to begin anew
            return
        with self._lock:
            self._words[word] = None
            if self._thread is None:
                self._start()
        self._woken.set()

    def close(self, flush_s: float = FLUSH_S) -> None:
        """Says what is still to be said, for at most `flush_s`, and ends. Later words are not said."""
        self._closed = True
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(flush_s)

    def after_fork_in_child(self) -> None:
        """Leaves the parent's connection alone: to close it would end it there as well."""
        if self._voice is not None:
            keep_for_ever(self._voice)
        self._voice = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._pid = os.getpid()
        self._words: dict[str, None] = {}  # no more than one hint, and one proof for each listener of this process
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble = Trouble(f"hints over {self._bus.name if self._bus else 'no bus'} cannot be given")

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, args=(self._bus,), name="headway-notifier", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # no threads left, or the interpreter is shutting down
            self._trouble.met(error)
        else:
            self._thread = thread

    def _run(self, bus: Bus) -> None:
        while word := self._next():
            last_try = self._stopping.is_set()
            try:
                self._say(bus, word)
            except Exception as error:  # noqa: BLE001  # is logged, and must not end the thread, whatever a bus raises
                pause_s = self._trouble.met(error)
                self._keep(word)
                self._hang_up()
                if last_try:
                    return
            else:
                pause_s = self._every_s
                self._trouble.over()
            self._stopping.wait(pause_s)
        self._hang_up()

    def _next(self) -> str | None:
        """Waits for the next word to be said; None when there will be none any more."""
        while True:
            with self._lock:
                self._woken.clear()
                if word := next(iter(self._words), None):
                    del self._words[word]
                    return word
            if self._stopping.is_set():
                return None
            if not self._woken.wait(self._idle_s):
                self._hang_up()
                self._woken.wait()

    def _say(self, bus: Bus, word: str) -> None:
        if self._voice is None:
            self._voice = bus.speak()
        self._voice.say(word)

    def _keep(self, word: str) -> None:
        with self._lock:
            self._words[word] = None

    def _hang_up(self) -> None:
        voice, self._voice = self._voice, None
        if voice is not None:
            voice.close()
