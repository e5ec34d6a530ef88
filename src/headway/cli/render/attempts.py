"""The attempts of a job side by side, as its history tells them."""

from __future__ import annotations

from dataclasses import dataclass

from headway.cli.render import ages
from headway.cli.render.words import Wire

_ENDINGS = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "retry_scheduled": "failed",
}


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One try. `how` it ended: a status, `superseded`, or `running` while it goes on."""

    number: int
    started_at: int
    how: str = "running"
    ended_at: int | None = None
    message: str | None = None


class Attempts:
    """Collects attempts from entries of the history, given in order."""

    def __init__(self) -> None:
        self._tries: list[Attempt] = []

    def add(self, event: Wire) -> None:
        """Takes one entry into account."""
        at = ages.at(event["at"]) or 0
        match event["type"]:
            case "superseded":
                self._end("superseded", at, "another worker took over")
                self._tries.append(Attempt(number=event["attempt"], started_at=at))
            case "started":
                self._tries.append(Attempt(number=event["attempt"], started_at=at))
            case kind if kind in _ENDINGS:
                self._end(_ENDINGS[kind], at, event["message"])

    def list(self) -> list[Attempt]:
        """Those that began, oldest first."""
        return self._tries

    def _end(self, how: str, at: int, message: str | None) -> None:
        if self._tries and self._tries[-1].ended_at is None:
            last = self._tries[-1]
            last.how, last.ended_at, last.message = how, at, message
