"""Owns the work on one file: the main steps up to the document that is ready to be sent, each told as it happens."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import asdict
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from examples.house.pdf import Pdf
from examples.house.unreadable import DocumentError
from examples.intake import plan
from examples.intake.archive import Record, sha256_of
from examples.intake.embedding import embed, shelf_name
from examples.intake.metadata import MetadataError
from examples.intake.progress import get_file_step_status, update_step_status
from examples.intake.tables import FAILURE, IN_PROGRESS, SKIPPED, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from examples.intake.archive import Place
    from examples.intake.ledger import Ledger
    from examples.intake.metadata import Metadata, MetadataTeller
    from headway import StepHandle

ASK_AGAIN_S = (2.0, 10.0)
"""How long to wait before a teller that is away is asked again."""


class Said(NamedTuple):
    """What came out of a step, for people, and for programs."""

    words: str
    detail: Any = None


class Unneeded(Exception):
    """A step that this file does not need; `str()` says why."""


class AlteredFile(DocumentError):
    """What is kept here is not what was brought."""

    def __init__(self) -> None:
        super().__init__(
            "The copy of this file that is kept here was altered; bring the file once more, then try again."
        )


class Filing:
    """The work on one file, from whatever step it has come to."""

    def __init__(
        self, ledger: Ledger, place: Place, teller: MetadataTeller, *, ask_again_s: Sequence[float] = ASK_AGAIN_S
    ) -> None:
        self._ledger, self._place, self._teller = ledger, place, teller
        self._ask_again_s = ask_again_s
        self._held = ExitStack()

    def run(self) -> None:
        """Do what is left. Raises the `DocumentError` or `MetadataError` that its step has told already."""
        rows = get_file_step_status(self._ledger, self._place.file_id)
        with self._held:
            for step, work in self._steps().items():
                if rows[step]["status"] not in (SUCCESS, SKIPPED):
                    self._do(step, work)

    def _steps(self) -> dict[str, Callable[[], Said]]:
        return {
            plan.HASH_FILE: self._hash_file,
            plan.CREATE_FILE_RECORD: self._create_file_record,
            plan.CHECK_TEXT: self._check_text,
            plan.EXTRACT_TEXT: self._extract_text,
            plan.EXTRACT_METADATA: self._extract_metadata,
            plan.EMBED_METADATA: self._embed_metadata,
            plan.FINALIZE_STORAGE: self._finalize_storage,
        }

    def _do(self, step: str, work: Callable[[], Said]) -> None:
        self._tell(step, IN_PROGRESS)
        try:
            said = work()
        except Unneeded as why:
            self._tell(step, SKIPPED, message=str(why))
        except (DocumentError, MetadataError) as error:
            self._tell(step, FAILURE, error_message=str(error))
            raise
        else:
            self._tell(step, SUCCESS, message=said.words, detail=said.detail)

    def _tell(self, step: str, status: str, **more: Any) -> None:
        # A file does not end here: it is sent yet.
        update_step_status(self._ledger, self._place.file_id, step, status, more_follows=True, **more)

    def _count(self, step: str, total: int, unit: str) -> Callable[[int], None]:
        """What counts how far the running step is."""
        running = self._ledger.begun(self._place.file_id, step)
        assert running is not None, "only what was begun is counted"
        return counting(running, total, unit)

    def _hash_file(self) -> Said:
        counted = self._count(plan.HASH_FILE, self._place.brought().size, "bytes")
        with self._place.original.open("rb") as file:
            found = sha256_of(file, counted)
        if found != self._place.file_id:
            raise AlteredFile
        return Said(f"SHA-256 {found[:16]}…", {"sha256": found})

    def _create_file_record(self) -> Said:
        brought = self._place.brought()
        self._place.write_record(Record(name=brought.name, size=brought.size, sha256=self._place.file_id))
        return Said(f"{brought.size:,} bytes; no other file here is the same")

    def _check_text(self) -> Said:
        self._place.add_to_record(pages=self._pdf.pages)
        page = self._first_page_with_text
        if page is None:
            return Said(f"There is no text: {self._pictures()}", {"has_text": False})
        return Said(f"There is text, the first on page {page + 1} of {self._pdf.pages:,}", {"has_text": True})

    def _extract_text(self) -> Said:
        if self._first_page_with_text is None:
            raise Unneeded(f"There is no text to take out: {self._pictures()}")
        characters = self._place.write_text(self._texts())
        return Said(f"{characters:,} characters on {counted(self._pdf.pages, 'page')}", {"characters": characters})

    def _extract_metadata(self) -> Said:
        metadata = self._told()
        known = asdict(metadata) | {
            "title": metadata.title or PurePath(self._place.brought().name).stem,
            "document_date": metadata.document_date.isoformat() if metadata.document_date else None,
            "keywords": list(metadata.keywords),
        }
        self._place.add_to_record(metadata=known)
        words = [f"“{known['title']}”", known["document_date"] or "no date", counted(len(known["keywords"]), "keyword")]
        return Said(f"{', '.join(words)}, told by {metadata.told_by}", known)

    def _embed_metadata(self) -> Said:
        embed(self._place.original, self._metadata(), self._place.filed)
        return Said("Title, date, keywords and language as XMP and document information")

    def _finalize_storage(self) -> Said:
        name = shelf_name(self._place.file_id, self._metadata())
        self._place.add_to_record(filed_as=name)
        return Said(f"Filed as {name}, {self._place.filed.stat().st_size:,} bytes", {"filed_as": name})

    def _told(self) -> Metadata:
        """What the teller says; one that is away is asked again, and each time is in the log."""
        text = self._place.text()
        for wait_s in self._ask_again_s:
            try:
                return self._teller.tell(text)
            except MetadataError as error:
                if not error.passing:
                    raise
                self._tell(plan.EXTRACT_METADATA, FAILURE, error_message=str(error))
                threading.Event().wait(wait_s)
                self._tell(plan.EXTRACT_METADATA, IN_PROGRESS, message=f"Asked again after {wait_s:g} s")
        return self._teller.tell(text)

    def _metadata(self) -> dict[str, Any]:
        record = self._place.record()
        assert record is not None, "the record is made before"
        assert record.metadata is not None, "the metadata are told before"
        return record.metadata

    def _texts(self) -> Iterator[str]:
        told = self._count(plan.EXTRACT_TEXT, self._pdf.pages, "pages")
        for page in range(self._pdf.pages):
            yield self._pdf.text(page)
            told(1)

    def _pictures(self) -> str:
        return "its one page is a picture" if self._pdf.pages == 1 else f"its {self._pdf.pages:,} pages are pictures"

    @cached_property
    def _pdf(self) -> Pdf:
        return self._held.enter_context(Pdf.open(self._place.original))

    @cached_property
    def _first_page_with_text(self) -> int | None:
        return next((page for page in range(self._pdf.pages) if self._pdf.text(page)), None)


def counting(running: StepHandle, total: int, unit: str) -> Callable[[int], None]:
    """What counts in a step: so many more at a time, told as the sum, since a byte is no report of its own."""
    done = 0
    running.update(total=total, unit=unit)

    def told(more: int) -> None:
        nonlocal done
        done += more
        running.update(current=done)

    return told


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
