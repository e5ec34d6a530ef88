"""The watcher that is told over a bus, and knows whether it would be told."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import Final

from headway.stores.forks import keep_for_ever
from headway.stores.wakeups.bus import PROOF, Bus, Ear
from headway.stores.wakeups.floor import FLOOR_S, FloorWatcher
from headway.stores.wakeups.notifier import Notifier
from headway.stores.wakeups.proof import Proof
from headway.stores.wakeups.trouble import Trouble

PROVE_EVERY_S: Final = 3.0
ANSWER_S: Final = 3.0  # together with the above: an ear that went deaf is found within 8 s
CLOSE_S: Final = 1.0
HEAR_S: Final = 0.25  # how soon it notices that it was closed


def watch(bus: Bus | None, notifier: Notifier) -> FloorWatcher:
    """The watcher for this bus; without one, it looks by itself."""
    return FloorWatcher() if bus is None else Listener(bus, notifier)


class Listener(FloorWatcher):
    """Listens in a thread of its own from the start, and again after every loss, and tells its waiter each time.

    Whatever becomes of it, a wait takes no longer than the floor.
    """

    def __init__(
        self,
        bus: Bus,
        notifier: Notifier,
        *,
        floor_s: float = FLOOR_S,
        prove_every_s: float = PROVE_EVERY_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        """`notifier`: says the words by which it proves itself."""
        super().__init__(floor_s=floor_s)
        self._bus = bus
        self._notifier = notifier
        self._prove_every_s = prove_every_s
        self._answer_s = answer_s
        self._ear: Ear | None = None
        self._begin_anew()
        self._start()

    @property
    def proven(self) -> bool:
        """Whether it heard what was said last, and so would hear others."""
        return self._proven.is_set()

    def await_proof(self, timeout_s: float) -> bool:
        """Waits until it is proven; False if that takes longer."""
        return self._proven.wait(timeout_s)

    def wait(self, timeout_s: float) -> bool:
        if self._thread is None and not self._closed.is_set():  # in a forked child
            self._start()
        return super().wait(timeout_s)

    def close(self) -> None:
        """Ends a wait, and the thread: within a second, or later by itself where a connection hangs."""
        super().close()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def after_fork_in_child(self) -> None:
        """Leaves the parent's connection alone: to close it would end it there as well."""
        super().after_fork_in_child()
        if self._ear is not None:
            keep_for_ever(self._ear)
        self._ear = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._proven = threading.Event()
        self._thread: threading.Thread | None = None

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="headway-listener", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        trouble = Trouble(f"hints over {self._bus.name} are not heard")
        proof = Proof(self._notifier, every_s=self._prove_every_s, answer_s=self._answer_s)
        while not self._closed.is_set():
            try:
                self._follow(proof, trouble)
            except Exception as error:  # noqa: BLE001  # is logged, and must not end the thread, whatever a bus raises
                self._proven.clear()
                if not self._closed.is_set():
                    self._closed.wait(trouble.met(error))

    def _follow(self, proof: Proof, trouble: Trouble) -> None:
        """Hears what is said until the connection is lost, or turns out to be deaf."""
        with closing(self._bus.listen()) as ear:
            self._ear = ear  # for a fork to find
            self.wake()  # nobody told what was written before it listened
            proof.begin()
            while not self._closed.is_set():
                proof.ask()
                for word in ear.hear(HEAR_S):
                    self._heard(word, proof, trouble)

    def _heard(self, word: str, proof: Proof, trouble: Trouble) -> None:
        if not word.startswith(PROOF):
            self.wake()
        elif proof.heard(word):
            trouble.over()
            self._proven.set()
