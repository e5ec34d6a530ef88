"""A server's event stream, kept alive: read by a thread of its own, resumed where it was cut off."""

from __future__ import annotations

import http.client
import json
import queue
import random
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from headway.cli.sources.source import Notice, Update, Wire
from headway.cli.sources.sse import Frame, FrameTooLarge, Parser
from headway.core.errors import HeadwayError, StoreUnavailable
from headway.core.wire import merged

SILENCE_S = 45.0  # three heartbeats: then the connection is dead, whatever the network says
PIECE = 65_536
HELD_MAX = 1_000  # frames that may wait for a slow terminal; the server merges what comes meanwhile
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0
HEEDED_PAUSE_S = 30.0  # what a server may ask for at the most
_LOST = (OSError, http.client.HTTPException, FrameTooLarge)

Told = Frame | Notice | HeadwayError


class Stream:
    """Frames and notices from one address; an error ends it. Stopped by `close`."""

    def __init__(self, url: str, path: str) -> None:
        parts = urlsplit(url)
        self._url = url
        self._secure = parts.scheme == "https"
        self._address = parts.netloc
        self._path = parts.path.rstrip("/") + path
        self._parser = Parser()
        self._told: queue.Queue[Told] = queue.Queue(HELD_MAX)
        self._stopped = threading.Event()
        self._failures = 0
        self._asked_pause_s = 0.0
        self._thread = threading.Thread(target=self._run, name="headway-stream", daemon=True)

    def start(self) -> Stream:
        """Begins to read."""
        self._thread.start()
        return self

    def take(self, timeout_s: float) -> Told | None:
        """The next frame or notice; None when the time is over first."""
        try:
            return self._told.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return None

    def close(self) -> None:
        """Stops reading; the thread ends with its connection."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._read()
                self._tell(Notice(text="the server closed the stream; connecting again"))
            except _LOST as error:
                said = str(error) or type(error).__name__
                self._tell(Notice(text=f"connection lost ({said}); trying again"))
            except HeadwayError as error:
                self._tell(error)
                return
            self._stopped.wait(self._pause())

    def _read(self) -> None:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._address, timeout=SILENCE_S)
        try:
            for frame in self._frames(self._opened(connection)):
                self._tell(frame)
        finally:
            connection.close()

    def _opened(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        last_id = self._parser.last_id
        self._parser = Parser(last_id)  # what was cut off in the middle is sent again
        if last_id:
            headers["Last-Event-ID"] = last_id
        connection.request("GET", self._path, headers=headers)
        response = connection.getresponse()
        self._judge(response)
        return response

    def _judge(self, response: http.client.HTTPResponse) -> None:
        """204: all was sent. Some refusals are for good; what is no stream may be a proxy that is unwell."""
        if response.status == 204:
            raise AllSent(self._url)
        if response.status in (400, 401, 403, 404, 410):
            raise StoreUnavailable(self._url, f"does not stream this ({response.status} {response.reason})")
        kind = response.headers.get_content_type()
        if response.status != 200 or kind != "text/event-stream":
            raise http.client.HTTPException(f"answered {response.status} with {kind}")

    def _frames(self, response: http.client.HTTPResponse) -> Iterator[Frame]:
        while not self._stopped.is_set() and (piece := response.read1(PIECE)):
            for frame in self._parser.feed(piece):
                if self._failures:
                    self._failures = 0
                    self._tell(Notice(text=None))
                yield frame
            if self._parser.retry_ms is not None:
                self._asked_pause_s = min(self._parser.retry_ms / 1000, HEEDED_PAUSE_S)

    def _pause(self) -> float:
        """The server's own wish first, then longer each time, never all clients at once."""
        self._failures += 1
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures, 10))
        return max(self._asked_pause_s, random.uniform(FIRST_PAUSE_S, longest))

    def _tell(self, told: Told) -> None:
        while not self._stopped.is_set():
            try:
                self._told.put(told, timeout=0.5)
            except queue.Full:
                continue
            return


class AllSent(StoreUnavailable):
    """The server has nothing more to send: the job has ended and everything was sent."""

    code = "all-sent"

    def __init__(self, url: str) -> None:
        super().__init__(url, "has sent everything")


class RemoteFollow:
    """Follows one job through its stream. Repeats and what is older than what was shown are left out."""

    def __init__(self, stream: Stream, read: Callable[[], Wire]) -> None:
        self._stream = stream.start()
        self._read = read
        self._job: Wire | None = None
        self._seq = 0  # of the last entry of the history that was told, or was there before

    def next(self, timeout_s: float) -> Update | Notice | None:
        match self._stream.take(timeout_s):
            case AllSent():
                return Update(job=self._last())
            case HeadwayError() as error:
                raise error
            case Frame(name="snapshot" | "state", body=body):
                return self._state(json.loads(body))
            case Frame(name="event", body=body):
                return self._event(json.loads(body))
            case Frame(name="reset", body=body):
                return Notice(text=f"the stream began anew ({json.loads(body).get('reason')})")
            case Frame(name="end"):
                return Update(job=self._last())
            case Notice() as notice:
                return notice
        return None

    def close(self) -> None:
        self._stream.close()

    def _last(self) -> Wire:
        """The job at its end, which the stream told unless it was cut off just before."""
        known = self._job
        return known if known is not None and known["finished_at"] is not None else self._read()

    def _state(self, job: Wire) -> Update | None:
        if self._job is None:
            self._seq = job["seq"]
        elif job["version"] < self._job["version"]:
            return None
        self._job = job
        return Update(job=job)

    def _event(self, event: Wire) -> Update | None:
        """Each entry once, in order; also one that a newer state beside it includes."""
        known = self._job
        if known is None or event["seq"] <= self._seq:
            return None
        self._seq = event["seq"]
        if event["job"]["version"] > known["version"]:
            self._job = known = merged(known, event["job"])
        return Update(job=known, events=(event,))


class RemoteChanges:
    """Hears from the stream of all jobs that there is something to look at."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream.start()
        self.notice: str | None = None

    def wait(self, timeout_s: float) -> bool:
        told = self._stream.take(timeout_s)
        while told is not None:
            if isinstance(told, HeadwayError):
                raise told
            if isinstance(told, Notice):
                self.notice = told.text
            if (more := self._stream.take(0)) is None:
                return True
            told = more
        return False

    def close(self) -> None:
        self._stream.close()
