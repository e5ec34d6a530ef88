"""Owns the trade of `examples/documents`: a PDF is kept, read and drawn, and is gone again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TypeVar

from bench.trades.job import Job
from examples.documents import plan
from examples.documents.library import Document, Library
from examples.documents.work import read_document
from examples.documents.worker import Errand, do
from examples.house.papers import printed, scanned
from headway import Reporter

_Item = TypeVar("_Item")


class Silent:
    """What a job is to this work, saying nothing."""

    def step(self, _name: str, /) -> AbstractContextManager[object]:
        return nullcontext()

    def track(self, iterable: Iterable[_Item], /, *, step: str, unit: str) -> Iterable[_Item]:
        return iterable

    def note(self, _text: str, /) -> object:
        return None

    def update(self, *, message: str) -> object:
        return None


def trade(folder: Path, reporter: Reporter | None, held: ExitStack) -> Job:
    library = Library(folder)
    papers = [printed(f"{pages} pages", pages) for pages in (3, 40, 120, 400)] + [scanned(2)]

    def job(number: int) -> None:
        document = library.add("paper.pdf", io.BytesIO(papers[number % len(papers)]))
        if reporter is None:
            read_document(Silent(), document)
        else:
            _reported(reporter, library, document)
        library.remove(document)

    return job


def _reported(reporter: Reporter, library: Library, document: Document) -> None:
    subject, labels = plan.subject_of(document.id), {"file": document.card().name}
    made = reporter.create(plan.KIND, steps=plan.STEPS, subject=subject, labels=labels)
    do(reporter, library, Errand(document_id=document.id, job_id=made.id))
