"""What goes to readers: each change encoded once, and written for a stream or a poll."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from headway.core.changes import Event
from headway.core.job import Job
from headway.core.wire import event_wire, job_wire
from headway.hub.cursor import Cursor, Mint
from headway.stores.reach import Reach

HEARTBEAT = b": \n\n"
NOWHERE = Reach(0)

# JSON leaves these as they are, and some readers take them for the end of a line.
_LINE_ENDS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))


class Kind(StrEnum):
    """The names of the frames that carry data."""

    SNAPSHOT = "snapshot"
    EVENT = "event"
    STATE = "state"


def encode(value: Any) -> bytes:
    """JSON on one line, whatever the reader thinks a line is."""
    encoded = _encoder()(value)
    if b"\xe2\x80" in encoded or b"\xc2\x85" in encoded:
        for end, escaped in _LINE_ENDS:
            encoded = encoded.replace(end, escaped)
    return encoded


@cache
def _encoder() -> Callable[[Any], bytes]:
    """Loaded when something is encoded: who watches within a process needs values, and no library for that."""
    import msgspec

    return msgspec.json.Encoder().encode


class Payload:
    """A job's state or an event as JSON, encoded when the first reader wants it and never again."""

    __slots__ = ("_json", "_source")

    def __init__(self, source: Job | tuple[str, Event, Job | None]) -> None:
        self._source: Job | tuple[str, Event, Job | None] | None = source
        self._json = b""

    @property
    def value(self) -> dict[str, Any]:
        """The same as plain values; asked for before it is encoded, or never."""
        source = self._source
        if source is None:
            raise RuntimeError("this payload is encoded already")
        return job_wire(source) if isinstance(source, Job) else event_wire(*source)

    @property
    def json(self) -> bytes:
        self.encode()
        return self._json

    def encode(self) -> None:
        """Encodes it now, in this thread."""
        source = self._source
        if source is not None:
            self._json = encode(job_wire(source) if isinstance(source, Job) else event_wire(*source))
            self._source = None


class Frame:
    """One entry of a stream. `job` is its job as it is known by now: filters look at its facts.

    `seq` and `version` of the job that the entry includes. Of an event, `reach` is what has been delivered with it, and
    `check` names the newest event up to the position of that.
    """

    __slots__ = ("check", "job", "kind", "payload", "position", "reach", "seq", "version")

    def __init__(
        self, kind: Kind, position: int, job: Job, event: Event | None = None, reach: Reach = NOWHERE, check: str = ""
    ) -> None:
        self.kind = kind
        self.position = position
        self.job = job
        self.reach = reach
        self.check = check
        self.seq, self.version = (job.seq, job.version) if event is None else (event.seq, event.version)
        if event is None:
            self.payload = Payload(job)
        else:
            self.payload = Payload((job.id, event, job if event.version == job.version else None))

    @property
    def ends(self) -> bool:
        """Whether this is the last that its job has to say."""
        return self.job.terminal and self.seq >= self.job.seq

    def sse(self, mint: Mint) -> bytes:
        """As an event stream has it. Only history entries carry a cursor: one on a state would skip other jobs."""
        if self.kind is Kind.EVENT:
            return sse(b"event", self.payload.json, self.cursor(mint))
        return sse(self.kind.encode(), self.payload.json)

    def item(self) -> dict[str, Any]:
        """As a poll has it."""
        import msgspec

        return {"event": self.kind.value, "data": msgspec.Raw(self.payload.json)}

    def cursor(self, mint: Mint) -> Cursor:
        return mint.cursor(self.reach, self.check, self.seq, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is new between one reach and another: frames in order, and a check of the newest event up to its position.

    There may be none: transactions that had nothing for readers have ended, which proves more of what was delivered.
    """

    reach: Reach
    check: str
    frames: tuple[Frame, ...]


def sse(name: bytes, body: bytes, cursor: Cursor | None = None) -> bytes:
    """One frame of an event stream; `body` holds no line end."""
    if cursor is None:
        return b"event: %b\ndata: %b\n\n" % (name, body)
    return b"event: %b\nid: %b\ndata: %b\n\n" % (name, str(cursor).encode(), body)


def joined(frames: Iterable[Frame], mint: Mint) -> bytes:
    return b"".join([frame.sse(mint) for frame in frames])


def synced(cursor: Cursor) -> bytes:
    """All that was there has been sent; what follows is live."""
    return sse(b"synced", encode({"cursor": str(cursor)}), cursor)


def mark(cursor: Cursor) -> bytes:
    """Moves the cursor of a reader that has had everything: it resumes from here."""
    return sse(b"mark", encode({"cursor": str(cursor)}), cursor)


def reset(reason: str) -> bytes:
    return sse(b"reset", encode({"reason": reason}))


def end(job: Job) -> bytes:
    return sse(b"end", encode({"job_id": job.id, "status": job.status}))


def retry(milliseconds: int) -> bytes:
    """When a client that lost its connection should come back."""
    return b"retry: %d\n\n" % milliseconds
