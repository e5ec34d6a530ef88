"""Owns the life of one worker process: it takes errand after errand and reports each through its Headway job."""

from __future__ import annotations

import logging
import signal
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import headway
from examples.documents.library import Library
from examples.documents.work import read_document
from examples.house.desk import Over
from examples.house.effort import Effort
from examples.house.unreadable import DocumentError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from examples.documents.library import Document

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a worker is told: which document, and the job to report it through."""

    document_id: str
    job_id: str


def work(errands: Connection, store: str, folder: str) -> None:
    """Do what comes until the other end is closed; each errand is answered when it is over, however it ended."""
    # Ctrl-C reaches every process of a terminal; this one is stopped by its parent, not in the middle of a page.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    library = Library(Path(folder))
    reporter = headway.connect(store)
    while True:
        try:
            errand: Errand = errands.recv()
        except EOFError:
            return
        do(reporter, library, errand)
        errands.send(Over(Effort.of(reporter)))


def do(reporter: headway.Reporter, library: Library, errand: Errand) -> None:
    """Read one document; what stands in the way is told by its job."""
    # A document is given out again only after its worker died or the program was stopped: then this one takes over.
    job = reporter.resume(errand.job_id, takeover=True)
    if job is None:
        log.info("job %s ended before anybody began with it", errand.job_id)
        return
    try:
        with job:
            _read(job, library.get(errand.document_id))
    except (headway.Cancelled, headway.Fenced) as stop:
        log.info("job %s stopped: %s", errand.job_id, stop)


def _read(job: headway.JobHandle, document: Document) -> None:
    try:
        outcome = read_document(job, document)
    except DocumentError as error:
        job.fail(str(error))
    else:
        job.succeed(asdict(outcome))
