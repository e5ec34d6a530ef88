"""The work on real PDFs of every kind: what comes out, and the sentence for each that cannot be read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest
from PIL import Image

from examples.documents import plan
from examples.documents.work import THUMBNAIL, read_document
from examples.house import papers, unreadable

if TYPE_CHECKING:
    from examples.documents.library import Document, Library, Outcome
    from tests.examples.documents.conftest import Record

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
WHOLE_PDF = papers.printed("A Short Note", 1)


def bring(library: Library, content: bytes, name: str = "brought.pdf") -> Document:
    return library.add(name, io.BytesIO(content))


def read(record: Record, library: Library, content: bytes) -> tuple[Document, Outcome]:
    document = bring(library, content)
    return document, read_document(record, document)


def locked(user: str) -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(WHOLE_PDF)) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(user=user, owner="owner", R=6))
    return file.getvalue()


def test_a_small_pdf_gives_its_text_page_by_page_and_a_thumbnail(record: Record, library: Library) -> None:
    document, outcome = read(record, library, papers.printed("Mooring Plan", 3))

    assert (outcome.pages, outcome.title, outcome.pages_without_text) == (3, "Mooring Plan", 0)
    pages = [document.page_text(number) for number in (1, 2, 3)]
    assert outcome.characters == sum(len(page or "") for page in pages)
    assert pages[0] is not None
    assert pages[0].startswith("Mooring Plan\nKept at the pilot station")
    assert pages[2] is not None
    assert pages[2].endswith("\n3")
    assert document.outcome() == outcome


def test_the_four_steps_are_reported_in_the_order_of_the_plan(record: Record, library: Library) -> None:
    read(record, library, papers.printed("Mooring Plan", 3))

    assert record.steps == [name for name, _weight in plan.STEPS]
    assert record.items == 3
    assert record.messages == ["3 pages"]
    assert record.notes == ["9,714 characters on 3 pages"]


def test_the_thumbnail_is_a_png_of_page_one_inside_its_box(record: Record, library: Library) -> None:
    document, outcome = read(record, library, WHOLE_PDF)

    with Image.open(document.thumbnail) as image:
        assert image.format == "PNG"
        assert image.size == (outcome.thumbnail_width, outcome.thumbnail_height)
        assert image.height == THUMBNAIL.height
        darkest, lightest = image.convert("L").getextrema()
    assert darkest == 0, "there are letters on it"
    assert lightest == 255, "and paper"
    assert outcome.thumbnail_bytes == document.thumbnail.stat().st_size


@pytest.mark.parametrize("size", [(1, 1), (3, 14400), (14400, 3), (0, 0), (1e9, 7)], ids=str)
def test_a_page_of_any_claimed_size_stays_inside_the_box(
    record: Record, library: Library, size: tuple[float, float]
) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(100, 100))
    pdf.pages[0].MediaBox = pikepdf.Array([0, 0, *size])
    file = io.BytesIO()
    pdf.save(file)

    _document, outcome = read(record, library, file.getvalue())

    assert 1 <= outcome.thumbnail_width <= THUMBNAIL.width
    assert 1 <= outcome.thumbnail_height <= THUMBNAIL.height


def test_two_thousand_pages_are_read_one_by_one(record: Record, library: Library) -> None:
    document, outcome = read(record, library, papers.printed("The Long Log", 2000))

    assert (outcome.pages, record.items) == (2000, 2000)
    last = document.page_text(2000)
    assert last is not None
    assert last.endswith("\n2000")
    assert document.page_text(2001) is None


def test_a_scan_has_a_thumbnail_and_no_text_and_says_so(record: Record, library: Library) -> None:
    document, outcome = read(record, library, papers.scanned(2))

    assert (outcome.pages, outcome.characters, outcome.pages_without_text) == (2, 0, 2)
    assert document.page_text(2) == ""
    assert record.notes[-1] == "There is no text in this PDF: its pages are pictures."


def test_accents_and_dashes_survive_and_lines_end_one_way(record: Record, library: Library) -> None:
    document, _outcome = read(record, library, papers.printed("Café – déjà vu", 1))

    text = document.page_text(1)
    assert text is not None
    assert text.startswith("Café – déjà vu\n")
    assert "\r" not in text
    assert "\f" not in text


def test_a_pdf_that_only_forbids_printing_is_read(record: Record, library: Library) -> None:
    _document, outcome = read(record, library, locked(user=""))

    assert outcome.characters > 0


REFUSED = {
    "empty": (b"", "This file is empty: it has no bytes at all."),
    "picture": (PNG, "This is not a PDF: it looks like a PNG picture."),
    "text": ("Grüße vom Kai".encode(), "This is not a PDF: it looks like plain text."),
    "cut text": (("ä" * 2000).encode()[:1023], "This is not a PDF: it looks like plain text."),
    "web page": (b"\n<!DOCTYPE html><p>hi", "This is not a PDF: it looks like a web page."),
    "noise": (b"\x00\x9f\x01" * 99, "This is not a PDF: it does not begin as a PDF does."),
    "locked": (
        locked(user="secret"),
        "This PDF is locked with a password; save a copy without one and upload that.",
    ),
    "torn": (
        papers.torn(),
        "This PDF is damaged and cannot be opened; export or download it again.",
    ),
    "only a header": (
        b"%PDF-1.7\n",
        "This PDF is damaged and cannot be opened; export or download it again.",
    ),
    "no pages": (papers.without_pages(), "This PDF opens, but there is not a single page in it."),
    "page missing": (
        papers.with_a_missing_page(5, 3),
        "Page 3 of 5 cannot be read, the PDF is damaged there; export or download it again.",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_read_fails_with_a_sentence(record: Record, library: Library, kind: str) -> None:
    content, sentence = REFUSED[kind]
    document = bring(library, content)

    with pytest.raises(unreadable.DocumentError) as failure:
        read_document(record, document)

    assert str(failure.value) == sentence
    assert document.outcome() is None
    assert document.page_text(1) is None, "half a text is no text"
    assert not list(document.original.parent.glob(".*")), "nothing half-written stays behind"


def test_the_reason_does_not_depend_on_the_file_that_was_refused_before(record: Record, library: Library) -> None:
    for content, expected in (
        (papers.sealed(), unreadable.EncryptedPdf),
        (papers.without_pages(), unreadable.PdfWithoutPages),
        (papers.torn(), unreadable.DamagedPdf),
        (papers.sealed(), unreadable.EncryptedPdf),
    ):
        with pytest.raises(expected):
            read_document(record, bring(library, content))


def test_every_prefix_of_a_pdf_is_read_or_refused_with_a_sentence(record: Record, library: Library) -> None:
    for length in range(1, len(WHOLE_PDF), 97):
        document = bring(library, WHOLE_PDF[:length])
        try:
            outcome = read_document(record, document)
        except unreadable.DocumentError as error:
            assert str(error).startswith(("This", "Page"))  # noqa: PT017  # either way is right, a third is not
        else:
            assert outcome.pages == 1
