"""Owns the work on one document: read its text, draw its thumbnail, report every step as it happens."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol, TypeVar

from examples.documents import plan
from examples.documents.library import Outcome
from examples.house.pdf import Box, Pdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from examples.documents.library import Document

    Item = TypeVar("Item")

THUMBNAIL = Box(width=600, height=800)


class Progress(Protocol):
    """The part of a Headway job that this work uses."""

    def step(self, name: str, /) -> AbstractContextManager[object]: ...
    def track(self, iterable: Iterable[Item], /, *, step: str, unit: str) -> Iterable[Item]: ...
    def note(self, text: str, /) -> object: ...
    def update(self, *, message: str) -> object: ...


def read_document(job: Progress, document: Document) -> Outcome:
    """Do the four steps. Raises the `DocumentError` that says why this file cannot be read."""
    with job.step(plan.STARTING):
        pdf = Pdf.open(document.original)
        job.update(message=_counted(pdf.pages, "page"))
    with pdf:
        reading = _Reading(job, pdf)
        document.write_text(reading.texts())
        with job.step(plan.GENERATING_THUMBNAIL):
            width, height, png = _thumbnail(pdf)
            document.write_thumbnail(png)
        with job.step(plan.FINALIZING):
            outcome = Outcome(
                title=pdf.title(),
                pages=pdf.pages,
                pages_without_text=reading.pages_without_text,
                characters=reading.characters,
                thumbnail_width=width,
                thumbnail_height=height,
                thumbnail_bytes=len(png),
            )
            document.write_outcome(outcome)
            job.note(_summary(outcome))
    return outcome


class _Reading:
    """One pass over the pages, counting what it finds."""

    def __init__(self, job: Progress, pdf: Pdf) -> None:
        self._job, self._pdf = job, pdf
        self.characters = 0
        self.pages_without_text = 0

    def texts(self) -> Iterator[str]:
        pages = range(self._pdf.pages)
        for page in self._job.track(pages, step=plan.EXTRACTING_TEXT, unit="pages"):
            text = self._pdf.text(page)
            self.characters += len(text)
            self.pages_without_text += not text
            yield text


def _thumbnail(pdf: Pdf) -> tuple[int, int, bytes]:
    image = pdf.picture(0, THUMBNAIL)
    png = io.BytesIO()
    image.save(png, "PNG", optimize=True)
    return image.width, image.height, png.getvalue()


def _summary(outcome: Outcome) -> str:
    if outcome.characters == 0:
        return "There is no text in this PDF: its pages are pictures."
    found = f"{outcome.characters:,} characters on {_counted(outcome.pages, 'page')}"
    if not outcome.pages_without_text:
        return found
    return f"{found}; {outcome.pages_without_text} of them without text"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
