"""The round trip by which a listener knows that it would hear what others say."""

from __future__ import annotations

import secrets
import time
from typing import Final

from headway.stores.wakeups.bus import PROOF
from headway.stores.wakeups.notifier import Notifier


class Deaf(Exception):
    """What was said over the bus was not heard: the listening connection is of no use."""

    def __init__(self, answer_s: float) -> None:
        super().__init__(
            f"nothing was heard of what was said {answer_s:g} s ago: the connection is cut off unseen, "
            "or leads through a pooler in transaction mode, where nobody can listen"
        )


class Proof:
    """A word of one listener, said every few seconds by the notifier, whose connection is not the listener's.

    Over its own connection a listener would hear itself even behind a pooler that lets it hear nobody else.
    """

    def __init__(self, notifier: Notifier, *, every_s: float, answer_s: float) -> None:
        self._notifier = notifier
        self._every_s: Final = every_s
        self._answer_s: Final = answer_s
        self._word: Final = PROOF + secrets.token_hex(8)
        self._asked_at: float | None = None
        self._due_at = time.monotonic()

    def ask(self) -> None:
        """Has the word said when it is time. Raises Deaf when the last one should have been heard by now."""
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at > self._answer_s:
            raise Deaf(self._answer_s)
        if self._asked_at is None and now >= self._due_at:
            self._asked_at, self._due_at = now, now + self._every_s
            self._notifier.notify(self._word)

    def heard(self, word: str) -> bool:
        """Whether this was the word that it waits for."""
        if word != self._word or self._asked_at is None:
            return False
        self._asked_at = None
        return True

    def begin(self) -> None:
        """For a new connection, which is asked at once."""
        self._asked_at, self._due_at = None, time.monotonic()
