"""A reader of event streams for tests: bytes in, however they are cut, and messages out, as WHATWG parses them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Message:
    """One dispatched event. `id` is the last event id as the standard keeps it: also from earlier messages."""

    event: str
    data: Any
    id: str


class EventStream:
    """Collects messages from bytes; keeps the last event id, the retry time and the comments."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry: int | None = None
        self.comments = 0
        self._rest = b""
        self._event = ""
        self._lines: list[str] = []
        self._id = ""

    def feed(self, piece: bytes) -> list[Message]:
        """The messages that this piece completes."""
        self._rest += piece
        held = self._rest.endswith(b"\r")  # perhaps half of a CR LF
        *lines, self._rest = _END.split(self._rest[:-1] if held else self._rest)
        self._rest += b"\r" if held else b""
        return [message for line in lines if (message := self._line(line.decode())) is not None]

    def _line(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                self.comments += 1
            case "event":
                self._event = value
            case "data":
                self._lines.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value)
        return None

    def _dispatch(self) -> Message | None:
        self.last_id = self._id
        event, lines = self._event or "message", self._lines
        self._event, self._lines = "", []
        return Message(event, json.loads("\n".join(lines)), self.last_id) if lines else None
