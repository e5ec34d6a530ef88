"""Owns a client that goes from server to server with its cursor, whatever becomes of them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

from tests.http.streaming import Listening
from tests.system.ledger import Ledger
from tests.waiting import eventually

SILENT_S = 2.0  # a server from which nothing comes for so long is left


class Roaming:
    """Follows all jobs in a thread; goes on at the next server when its connection ends, is silent, or by whim."""

    def __init__(self, servers: Sequence[str], *, seed: int = 0, stays_s: tuple[float, float] = (0.5, 4.0)) -> None:
        self.ledger = Ledger()
        self.moves = 0
        self.fault: BaseException | None = None
        self._servers = servers
        self._choice = random.Random(seed)
        self._stays_s = stays_s
        self._turn = seed
        self._cursor: str | None = None
        self._asked = threading.Event()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def move(self) -> None:
        """Goes to the next server now."""
        self._leaving.set()

    def until(self, seen: Callable[[Ledger], object], within_s: float = 20.0) -> None:
        """Waits until the client knows this."""
        eventually(lambda: self.fault or seen(self.ledger), within_s=within_s)
        if self.fault is not None:
            raise self.fault

    def stop(self) -> Ledger:
        self._asked.set()
        self._leaving.set()
        self._thread.join(20)
        assert not self._thread.is_alive(), "a client did not stop"
        if self.fault is not None:
            raise self.fault
        return self.ledger

    def __enter__(self) -> Roaming:
        return self

    def __exit__(self, *raised: object) -> None:
        self._asked.set()
        self._leaving.set()
        self._thread.join(20)

    def _run(self) -> None:
        try:
            while not self._asked.is_set():
                self._leaving.clear()
                whim = threading.Timer(self._choice.uniform(*self._stays_s), self._leaving.set)
                whim.start()
                self._visit(self._servers[self._turn % len(self._servers)])
                whim.cancel()
                self._turn += 1
        except BaseException as fault:
            self.fault = fault

    def _visit(self, server: str) -> None:
        """One connection, to its end."""
        self.moves += 1
        self.ledger.connected()
        try:
            with Listening(server, cursor=self._cursor, board=self.ledger.board) as listening:
                listening.socket.settimeout(SILENT_S)
                while not self._leaving.is_set() and listening.read():
                    self._take(listening)
        except OSError:  # nobody there, cut off, or silent: the next server
            self._leaving.wait(0.05)

    def _take(self, listening: Listening) -> None:
        for message in listening.got:
            self.ledger.take(message.event, message.data)
            self._cursor = message.id or self._cursor
        listening.got.clear()
