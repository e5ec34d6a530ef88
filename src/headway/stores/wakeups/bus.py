"""What a bus must do to carry hints: take a word at one end, and give it to everybody who listens at the other."""

from __future__ import annotations

from typing import Final, Protocol

LOOK: Final = "look"  # something was written. Every word that is not a proof means this.
PROOF: Final = "proof:"  # begins a word that only the listener who said it waits for

CONNECT_S: Final = 5.0  # a server that does not answer by then is away
SAY_S: Final = 2.0  # and so is one that does not take a word by then


class Voice(Protocol):
    """A connection that says words. Used by one thread at a time; what it raises means that it is of no more use."""

    def say(self, word: str) -> None:
        """Returns when the bus has taken the word, and raises when that takes more than `SAY_S`."""
        ...

    def close(self) -> None: ...


class Ear(Protocol):
    """A connection that hears every word said since it was made. What it raises means that it is of no more use."""

    def hear(self, timeout_s: float) -> list[str]:
        """The words that came, as soon as some have come; none when the time is over."""
        ...

    def close(self) -> None: ...


class Bus(Protocol):
    """A place where the processes of one store, and only they, hear each other. Holds no connection itself."""

    @property
    def name(self) -> str:
        """Which bus it is, without secrets, for messages."""
        ...

    def speak(self) -> Voice:
        """Connects within `CONNECT_S`, or raises."""
        ...

    def listen(self) -> Ear:
        """Connects within `CONNECT_S`, or raises; whatever is said after it returned is heard."""
        ...
