"""Owns how the parts work together: a file that is taken in has a job, somebody files it, and two send it on."""

from __future__ import annotations

import logging
import os
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import headway
from examples.house.desk import Desk
from examples.house.effort import Effort
from examples.intake import plan
from examples.intake.archive import Archive
from examples.intake.clerks import file_documents, send_documents
from examples.intake.destinations import chosen
from examples.intake.dispatch import Dispatch, patience
from examples.intake.filing import FilingLine
from examples.intake.ledger import Ledger, UnknownFile
from examples.intake.progress import initialize_file_steps
from examples.intake.samples import samples
from examples.intake.shown import file_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from examples.intake.archive import Place
    from examples.intake.destinations import Places

log = logging.getLogger(__name__)

UNFINISHED = ("pending", "running", "waiting")
ENDED = ("succeeded", "failed", "cancelled")
WAITING_MAX = 1000
SENDERS = 2
STOPPED = "The program was stopped while this was under way."


class LineIsFull(Exception):
    """So many files wait already that another one would only pretend to be taken."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting:,} files are waiting already; bring this one a little later.")


class Taken(NamedTuple):
    """What became of a file that was brought. `known`: it was here before, and this is its job."""

    file_id: str
    job_id: str
    known: bool


class Room:
    """The folder, the store and the workers, from the opening to the closing.

    `places`: the destinations by name, those that INTAKE_DESTINATIONS names unless given. `waits_s`: how long to wait
    before each further try of an upload, as INTAKE_WAITS_S says unless given.
    """

    def __init__(
        self, *, folder: Path, store: str, places: Places | None = None, waits_s: Sequence[float] | None = None
    ) -> None:
        self.store = store
        self.archive = Archive(folder)
        self.places = chosen(os.environ, folder) if places is None else dict(places)
        self.reporter = headway.connect(store)
        self.ledger = Ledger(self.reporter, reopens=False)
        self._filer = Desk(file_documents, store, str(folder))
        self._senders = [Desk(send_documents, store, str(folder), self.places) for _ in range(SENDERS)]
        waits = patience(os.environ) if waits_s is None else waits_s
        self._dispatch = Dispatch(self.ledger, self._senders, self.places, waits)
        self._filing = FilingLine(self.ledger, [self._filer], self._dispatch.send_to_all)

    def __enter__(self) -> Room:
        self._go_on()
        self._stops = headway.subscribe(self._told, kind=plan.KIND, reporter=self.reporter)
        self._filing.start()
        self._dispatch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stops.close()
        self._filing.close()
        self._dispatch.close()
        # Not one part is left one by one: the lease of all of them ends with the reporter.
        self.reporter.close()

    def take_in(self, name: str | None, content: IO[bytes]) -> Taken:
        """Keep a file and have it filed; a known one is found. Raises `LineIsFull` or `StoreUnavailable`."""
        if len(self._filing) >= WAITING_MAX:
            raise LineIsFull(len(self._filing))
        place, new = self.archive.take_in(name, content)
        try:
            known = self._known(place.file_id)
            job_id = initialize_file_steps(self.ledger, place.file_id, name=place.brought().name)
            if new and known is not None and known["status"] in ENDED:
                self.reporter.retry(job_id)  # its job is known and its file was lost: it is filed anew
        except headway.HeadwayError:
            if new:
                self.archive.remove(place)
            raise
        if new:
            self._filing.put(place.file_id)
        return Taken(place.file_id, job_id, known is not None or not new)

    def bring_samples(self) -> list[str]:
        """Take in one file of each kind; their jobs, in the order of the samples. One is brought twice."""
        return [self.take_in(sample.name, BytesIO(sample.make())).job_id for sample in samples()]

    def effort(self) -> Effort:
        """What was reported here and in the workers, and the writes that it took."""
        desks = [self._filer, *self._senders]
        return sum((desk.effort() for desk in desks), Effort.of(self.reporter))

    def stop(self, file_id: str) -> None:
        """Ask for a file to stop. Raises `UnknownFile`, or `IllegalTransition` when it has ended."""
        self.archive.get(file_id)
        self.reporter.cancel(self.ledger.job(file_id)["id"])

    def try_again(self, file_id: str) -> None:
        """Do what failed once more. Raises `UnknownFile`, or `IllegalTransition` unless it has ended."""
        self.archive.get(file_id)
        job = self.ledger.job(file_id)
        self.ledger.leave(file_id)
        self.reporter.retry(job["id"], keep_steps=True)
        self.ledger.resumed(file_id, job)
        self._put(file_id)

    def _told(self, change: dict[str, Any]) -> None:
        """A file that is to be stopped does not wait for its next try."""
        if change["event"] == "event" and change["data"]["type"] == "cancel_requested":
            self._dispatch.hurry(file_id_of(self.reporter.get(change["data"]["job_id"])))

    def _known(self, file_id: str) -> dict[str, Any] | None:
        try:
            return self.ledger.job(file_id)
        except UnknownFile:
            return None

    def _go_on(self) -> None:
        """Take up again what waited or was half-done when the program stopped."""
        for arrived in self.archive.places():
            if arrived.record() is None:  # it may have come when there was no time left to give it a job
                initialize_file_steps(self.ledger, arrived.file_id, name=arrived.brought().name)
        for job in reversed(self.reporter.jobs(kind=plan.KIND, status=UNFINISHED, limit=WAITING_MAX)):
            if (place := self._place_of(job)) is not None:
                log.info("file %s goes on", place.file_id)
                self._take_up(place.file_id, job)

    def _place_of(self, job: dict[str, Any]) -> Place | None:
        """Where its file is; None for a job of another folder, or of an older program's log."""
        try:
            return self.archive.get(file_id_of(job))
        except UnknownFile:
            return None

    def _take_up(self, file_id: str, job: dict[str, Any]) -> None:
        """Whoever worked on it is gone, and if not, can change nothing any more: this is the next attempt."""
        if job["status"] == "pending":
            self._filing.put(file_id)
            return
        if job["cancel_requested_at"] is not None:
            self.ledger.stopped(file_id)
            return
        if job["reason"] != "retry":
            self.ledger.part(file_id).retry(STOPPED, keep_steps=True)
            self.ledger.leave(file_id)
        self.ledger.resumed(file_id, job)
        self._put(file_id)

    def _put(self, file_id: str) -> None:
        """Where a file goes on that has a new attempt: to be filed, or to be sent."""
        sent_off = next(step for step in self.ledger.job(file_id)["steps"] if step["name"] == plan.SEND_TO_ALL)
        if sent_off["status"] == "pending":
            self._filing.put(file_id)
            return
        self._dispatch.go_on(file_id)
        self.ledger.conclude(file_id)  # there may be nothing left to send
