"""Owns how the parts work together: a document that is taken in has a job, and somebody who works on it."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import IO, TYPE_CHECKING

import headway
from examples.documents import plan
from examples.documents.library import Library, UnknownDocument
from examples.documents.pool import Pool
from examples.documents.samples import samples
from examples.documents.worker import Errand
from examples.house.effort import Effort

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from examples.documents.library import Document

log = logging.getLogger(__name__)


class Room:
    """The folder, the store and the workers, from the opening to the closing."""

    def __init__(self, *, folder: Path, store: str, workers: int = 2) -> None:
        self.store = store
        self.library = Library(folder)
        self.reporter = headway.connect(store)
        self.pool = Pool(store=store, folder=folder, workers=workers)

    def __enter__(self) -> Room:
        self.pool.start()
        self._resume()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.close()
        self.reporter.close()

    def take_in(self, name: str | None, content: IO[bytes]) -> Errand:
        """Keep a file and have it read. Raises `LineIsFull`, or `StoreUnavailable`, and then keeps nothing."""
        self.pool.require_room()
        document = self.library.add(name, content)
        try:
            errand = self._errand_for(document)
        except headway.HeadwayError:
            self.library.remove(document)
            raise
        self.pool.submit(errand)
        return errand

    def bring_samples(self) -> list[str]:
        """Take in one document of each kind; their jobs, in the order of the samples."""
        return [self.take_in(sample.name, BytesIO(sample.make())).job_id for sample in samples()]

    def effort(self) -> Effort:
        """What was reported here and in the workers, and the writes that it took."""
        return Effort.of(self.reporter) + self.pool.effort()

    def stop(self, document_id: str) -> None:
        """Ask for a job to stop. Raises `UnknownDocument`, or `IllegalTransition` when it has ended."""
        self.reporter.cancel(self._given_out(document_id).job_id)

    def try_again(self, document_id: str) -> None:
        """Have a document read once more. Raises `UnknownDocument`, or `IllegalTransition` while it is read."""
        errand = self._given_out(document_id)
        self.pool.require_room()
        self.reporter.retry(errand.job_id)
        self.pool.submit(errand)

    def _given_out(self, document_id: str) -> Errand:
        job_id = self.library.get(document_id).card().job_id
        if job_id is None:
            raise UnknownDocument(document_id)
        return Errand(document_id=document_id, job_id=job_id)

    def _errand_for(self, document: Document) -> Errand:
        job = self.reporter.create(
            plan.KIND,
            steps=plan.STEPS,
            subject=plan.subject_of(document.id),
            labels={"file": document.card().name},
        )
        document.write_job_id(job.id)
        return Errand(document_id=document.id, job_id=job.id)

    def _resume(self) -> None:
        """Give out again what waited or was half-read when the program stopped."""
        for document in self.library.documents():
            if document.outcome() is None and (errand := self._unfinished(document)):
                log.info("document %s goes on", document.id)
                self.pool.submit(errand)

    def _unfinished(self, document: Document) -> Errand | None:
        job_id = document.card().job_id
        try:
            job = self.reporter.get(job_id) if job_id else None
        except headway.UnknownJob:
            job = None
        if job is None:
            return self._errand_for(document)
        if job["status"] in ("succeeded", "failed", "cancelled"):
            return None
        return Errand(document_id=document.id, job_id=job["id"])
