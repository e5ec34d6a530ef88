"""An event stream as it is read: bytes in any pieces become frames (WHATWG HTML, 9.2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FRAME_MAX = 4 << 20  # characters of one frame; a server that sends more is not one of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One dispatched event: its name and its data."""

    name: str
    body: str


class FrameTooLarge(ValueError):
    """The stream holds a frame that no Headway server sends."""


class Parser:
    """Feeds on bytes. `last_id` and `retry_ms` hold what the stream said last."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry_ms: int | None = None
        self._rest = b""
        self._begun = False
        self._id = last_id
        self._name = ""
        self._lines: list[str] = []
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The frames that are complete now."""
        self._rest += piece
        if not self._begun:
            if len(self._rest) < 3 and b"\xef\xbb\xbf".startswith(self._rest):
                return
            self._begun = True
            self._rest = self._rest.removeprefix(b"\xef\xbb\xbf")
        for line in self._taken_lines():
            if frame := self._line(line.decode("utf-8", "replace")):
                yield frame

    def _taken_lines(self) -> Iterator[bytes]:
        """Whole lines; a CR at the end of a piece waits, because a LF may belong to it."""
        rest = self._rest
        if len(rest) > FRAME_MAX:
            raise FrameTooLarge("a line of the stream has no end")
        held = rest.endswith(b"\r")
        lines = (rest[:-1] if held else rest).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop() + (b"\r" if held else b"")
        yield from lines

    def _line(self, line: str) -> Frame | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        self._field(field, value.removeprefix(" "))
        return None

    def _field(self, field: str, value: str) -> None:
        match field:
            case "event":
                self._name = value
            case "data":
                self._size += len(value)
                if self._size > FRAME_MAX:
                    raise FrameTooLarge("a frame of the stream has no end")
                self._lines.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry_ms = int(value)

    def _dispatch(self) -> Frame | None:
        """An empty line ends a frame; one without data says nothing but its id."""
        self.last_id = self._id
        name, lines = self._name or "message", self._lines
        self._name, self._lines, self._size = "", [], 0
        return Frame(name=name, body="\n".join(lines)) if lines else None
