"""One subscriber within this process: a callback that is told what a stream would be told."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType

from headway.reporting.asking import Asked, watched
from headway.reporting.default import default_reporter
from headway.reporting.remote import HttpLink
from headway.reporting.reporter import Reporter
from headway.stores.protocol import Filter
from headway.watching.change import Change, Tell, logger
from headway.watching.far import Far
from headway.watching.near import Near, Seen

LEAVE_S = 2.0


def subscribe(
    callback: Tell,
    *,
    id: Asked = None,
    kind: Asked = None,
    project: Asked = None,
    subject: Asked = None,
    reporter: Reporter | None = None,
) -> Subscription:
    """Calls `callback` with every change of the jobs that fit, whoever reports on them, until it is closed.

    It is told what a stream is told, as plain values in the names of the wire: `{"event": "snapshot", "data": {…}}`
    for the live jobs and the last ones that ended, then `synced`, then each `event` of a history and the newest
    `state` after ticks, each job's in order and without a gap. After a time without the store it goes on where it was;
    `reset` says that this cannot be proven, and snapshots follow. Of a single `id`, `end` comes last.

    The callback runs in a thread of the subscription, one call at a time. While it is busy nothing piles up: the store
    is read on when it returns. What it raises is logged, and the next change comes. Reports never wait for it. A forked
    child is told nothing: subscribe there again. `reporter`: of `headway.connect`; the process's own unless given.
    """
    given = reporter if reporter is not None else default_reporter()
    return Subscription(callback, watched(id=id, kind=kind, project=project, subject=subject), given)


class Subscription:
    """What `subscribe` gives: close it, or leave its `with`."""

    def __init__(self, callback: Tell, filter: Filter, reporter: Reporter, *, seen: Seen | None = None) -> None:
        self._callback = callback
        self._closed = threading.Event()
        self._failing: str | None = None
        self._teller: int | None = None  # the thread that calls back, which cannot wait for its own end
        outbox = reporter.outbox
        link = outbox.link
        self._source: Near | Far
        if link.store is not None:
            self._source = Near(link.store, filter, self._tell, outbox.outage, seen)
        else:
            assert isinstance(link, HttpLink)
            self._source = Far(link, filter, self._tell, outbox.outage)
        self._reporter = reporter
        reporter.followers.append(self)
        self._source.start()

    @property
    def closed(self) -> bool:
        """Whether nothing more is told: it was closed, or its one job has ended."""
        return self._closed.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Waits until nothing more is told; False when the time is over first."""
        return self._closed.wait(timeout_s)

    def close(self) -> None:
        """Ends it. The callback is not called any more once this returns, unless it takes longer than two seconds."""
        self._closed.set()
        with suppress(ValueError):  # closed twice, or in a forked child
            self._reporter.followers.remove(self)
        self._source.stop()
        if threading.get_ident() != self._teller:
            self._source.join(LEAVE_S)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell(self, change: Change) -> None:
        if self._closed.is_set():
            return
        self._teller = threading.get_ident()
        try:
            self._callback(change)
            self._failing = None
        except Exception as error:  # noqa: BLE001  # a subscriber's fault must not keep the next change from it
            if self._failing != repr(error):
                self._failing = repr(error)
                logger.warning("a subscriber failed on %s: %s", change["event"], error, exc_info=True)
        if change["event"] == "end":
            self._closed.set()
