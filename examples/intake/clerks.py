"""Owns the lives of the worker processes: one kind makes a file ready, the other sends it to one destination."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import headway
from examples.house.desk import Over
from examples.house.effort import Effort
from examples.house.unreadable import DocumentError
from examples.intake import plan
from examples.intake.archive import Archive
from examples.intake.destinations import UploadError, opened
from examples.intake.ledger import Ledger
from examples.intake.metadata import MetadataError, chosen
from examples.intake.progress import get_file_step_status, update_step_status
from examples.intake.tables import FAILURE, IN_PROGRESS, SUCCESS
from examples.intake.work import Filing, counting

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from examples.intake.destinations import Destination, Places

log = logging.getLogger(__name__)

SORRY = "Something went wrong on our side while we worked on this file; it was not your fault. Please try again."
_STOPS = (headway.Cancelled, headway.Fenced, headway.IllegalTransition)
"""Somebody asked for the file to stop, or somebody else has it now, or it has ended: nothing more is to be said."""


class Done(NamedTuple):
    """It is as it should be."""


class Stopped(NamedTuple):
    """Nobody wants it done any more."""


class Later(NamedTuple):
    """The store is away: it is to be done, or to be told, a moment later."""


class Failed(NamedTuple):
    """It could not be done. `passing`: whether it may work another time."""

    why: str
    passing: bool = False


Outcome = Done | Stopped | Later | Failed


class Upload(NamedTuple):
    """One file to one destination; `tried` counts how often it was before, of `tries`."""

    file_id: str
    destination: str
    tried: int = 0
    tries: int = 1

    @property
    def last(self) -> bool:
        return self.tried + 1 >= self.tries

    def again(self) -> Upload:
        return self._replace(tried=self.tried + 1)


def file_documents(errands: Connection, store: str, folder: str) -> None:
    """Make files ready to be sent, one after the other; an errand is a file's id."""
    archive, teller = Archive(Path(folder)), chosen(os.environ)

    def filed(ledger: Ledger, file_id: str) -> Outcome:
        try:
            Filing(ledger, archive.get(file_id), teller).run()
        except (DocumentError, MetadataError) as error:
            return Failed(str(error))
        return Done()

    _work(errands, store, filed)


def send_documents(errands: Connection, store: str, folder: str, places: Places) -> None:
    """Send files to destinations, one after the other; an errand is an `Upload`."""
    archive = Archive(Path(folder))
    known: dict[str, Destination] = {}

    def sent(ledger: Ledger, upload: Upload) -> Outcome:
        if upload.destination not in known:
            known[upload.destination] = opened(places[upload.destination], os.environ)
        return send(ledger, archive, known[upload.destination], upload)

    _work(errands, store, sent)


def send(ledger: Ledger, archive: Archive, destination: Destination, upload: Upload) -> Outcome:
    """One try of one upload, told as it happens. Whether the file has ended with it, its room knows."""
    step = plan.upload_step(upload.destination)
    place = archive.get(upload.file_id)
    record, size = place.record(), place.filed.stat().st_size
    assert record is not None, "only what was filed is sent"
    assert record.filed_as is not None, "only what was filed is sent"
    if get_file_step_status(ledger, upload.file_id)[step]["status"] == SUCCESS:
        return Done()  # it was told, and the worker that told it could not say so
    told = f"Try {upload.tried + 1} of {upload.tries}" if upload.tried else None
    update_step_status(ledger, upload.file_id, step, IN_PROGRESS, message=told)
    running = ledger.begun(upload.file_id, step)
    assert running is not None, "it was begun just now"
    try:
        destination.put(place.filed, record.filed_as, counting(running, size, "bytes"))
    except UploadError as error:
        why = {"cause": str(error.__cause__)[:300]} if error.__cause__ else None
        update_step_status(ledger, upload.file_id, step, FAILURE, str(error), detail=why, more_follows=True)
        return Failed(str(error), error.passing)
    message = f"{size:,} bytes as {record.filed_as}"
    update_step_status(ledger, upload.file_id, step, SUCCESS, message=message, more_follows=True)
    return Done()


def _work(errands: Connection, store: str, do: Callable[[Ledger, Any], Outcome]) -> None:
    """Do what comes until the other end is closed; each errand is answered when it is over, however it ended."""
    # Ctrl-C reaches every process of a terminal; this one is stopped by its parent, not in the middle of a file.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reporter = headway.connect(store)
    while True:
        try:
            errand = errands.recv()
        except EOFError:
            return
        errands.send(Over(Effort.of(reporter), _done(reporter, do, errand)))


def _done(reporter: headway.Reporter, do: Callable[[Ledger, Any], Outcome], errand: Any) -> Outcome:
    try:
        with Ledger(reporter, reopens=False) as ledger:
            return do(ledger, errand)
    except _STOPS as stop:
        log.info("%r stopped: %s", errand, stop)
        return Stopped()
    except headway.StoreUnavailable as error:
        log.warning("%r waits for the store: %s", errand, error)
        return Later()
    except Exception:  # whatever it is, this file's worker lives on, and the file does not look alive for ever
        log.exception("%r failed", errand)
        return Failed(SORRY)
