"""Owns what the tests put in place of the generator, the storage and the sink, to hold the work where they look."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

from examples.images.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

    from examples.images.generator import Moved

DONE = "done"


class Puppet:
    """A generator that does what it is told: a fraction moves it, an exception fails it, DONE ends it."""

    name = "puppet"

    def __init__(self) -> None:
        self.orders: queue.SimpleQueue[float | str | Exception] = queue.SimpleQueue()

    def let_go(self) -> None:
        """Whatever is held, and whatever comes after it, runs to its end."""
        for _ in range(20):
            self.orders.put(DONE)

    def generate(self, picture: Image, moved: Moved) -> Image:
        while (order := self.orders.get()) != DONE:
            if isinstance(order, Exception):
                raise order
            assert isinstance(order, float)
            moved(order)
        return picture


class GatedStorage(Storage):
    """A storage in which the keys below a prefix can be shut: who wants one waits until it is opened."""

    def __init__(self, within: Storage) -> None:
        self._within = within
        self._gates: dict[str, threading.Event] = {}
        self.keys: set[str] = set()

    def shut(self, prefix: str) -> threading.Event:
        """The gate; set it to open."""
        self._gates[prefix] = threading.Event()
        return self._gates[prefix]

    def open(self) -> None:
        """Every gate."""
        for gate in self._gates.values():
            gate.set()

    def put(self, key: str, content: bytes) -> None:
        self._pass(key, "put")
        self._within.put(key, content)
        self.keys.add(key)

    def get(self, key: str) -> bytes:
        self._pass(key, "get")
        return self._within.get(key)

    def remove(self, keys: list[str]) -> None:
        self._within.remove(keys)
        self.keys -= set(keys)

    def _pass(self, key: str, what: str) -> None:
        gate = self._gates.get(f"{what} {key.partition('/')[0]}")
        if gate is not None:
            assert gate.wait(30), f"nobody opened the gate before {key}"


class Heard:
    """A sink that keeps what it is given; with a fault it raises that instead."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.fault: Exception | None = None

    def __call__(self, event: str, distinct_id: str, properties: Mapping[str, Any]) -> None:
        if self.fault is not None:
            raise self.fault
        self.events.append((event, distinct_id, dict(properties)))

    def of(self, event: str, job_id: str) -> list[tuple[str, dict[str, Any]]]:
        """The person and the properties of such events of one job."""
        return [(who, told) for name, who, told in self.events if name == event and told["upload_id"] == job_id]
