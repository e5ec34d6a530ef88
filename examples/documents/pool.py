"""Owns the line of documents and the bounded few desks that work it off, each in a process of its own."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

import headway
from examples.documents.worker import work
from examples.house.desk import Desk
from examples.house.effort import Effort
from examples.house.unreadable import ReaderBrokeDown

if TYPE_CHECKING:
    from pathlib import Path

    from examples.documents.worker import Errand

log = logging.getLogger(__name__)


class LineIsFull(Exception):
    """So many documents wait already that another one would only pretend to be taken."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting:,} documents are waiting already; bring this one a little later.")


class Pool:
    """PDFium is not thread-safe, so its workers are processes; one thread waits beside each."""

    def __init__(self, *, store: str, folder: Path, workers: int = 2, waiting: int = 1000) -> None:
        self._reporter = headway.connect(store)
        self.limit = waiting
        self._closing = False
        self._line: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._desks = [Desk(work, store, str(folder)) for _ in range(workers)]
        self._threads = [threading.Thread(target=self._attend, args=(desk,), daemon=True) for desk in self._desks]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def require_room(self) -> None:
        """Raise `LineIsFull` when another document could not be taken."""
        if self._line.qsize() >= self.limit:
            raise LineIsFull(self._line.qsize())

    def submit(self, errand: Errand) -> None:
        self._line.put(errand)

    def effort(self) -> Effort:
        """Of those who work here, up to the last errand of each."""
        return sum((desk.effort() for desk in self._desks), Effort.of(self._reporter))

    def close(self) -> None:
        """Let go of everything. What waits or is half-read is taken up again at the next start."""
        self._closing = True
        for desk in self._desks:
            desk.leave()
            self._line.put(None)
        for thread in self._threads:
            thread.join()
        self._reporter.close()

    def _attend(self, desk: Desk) -> None:
        while (errand := self._line.get()) is not None and not self._closing:
            if desk.do(errand) is None and not self._closing:
                self._tell_of_the_death(errand)

    def _tell_of_the_death(self, errand: Errand) -> None:
        """The worker cannot say it any more: the job ends with a sentence, instead of looking alive."""
        try:
            with self._reporter.attach(errand.job_id, takeover=True) as job:
                job.fail(str(ReaderBrokeDown()))
        except headway.HeadwayError as error:
            log.warning("job %s lost its worker, and could not be told so: %s", errand.job_id, error)
