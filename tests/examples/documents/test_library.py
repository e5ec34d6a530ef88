"""The folder of documents: whole files or none, ids of its own, names that are never paths."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from examples.documents.library import Library, UnknownDocument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class BrokenUpload(io.RawIOBase):
    """Gives a few bytes, then the connection is gone."""

    def __init__(self) -> None:
        self.left = 3

    def readable(self) -> bool:
        return True

    def read(self, _size: int = -1, /) -> bytes:
        self.left -= 1
        if self.left == 0:
            raise ConnectionResetError
        return b"%PDF-"


def test_a_document_keeps_its_bytes_its_name_and_its_job(library: Library) -> None:
    document = library.add("Tide table.pdf", io.BytesIO(b"%PDF-1.7 and so on"))
    document.write_job_id("0192")

    found = library.get(document.id)
    assert found.original.read_bytes() == b"%PDF-1.7 and so on"
    card = found.card()
    assert (card.name, card.size, card.job_id) == ("Tide table.pdf", 18, "0192")
    assert card.uploaded_at.endswith("Z")


def test_a_broken_upload_leaves_nothing_behind(library: Library) -> None:
    with pytest.raises(ConnectionResetError):
        library.add("broken.pdf", BrokenUpload())  # type: ignore[arg-type]  # a raw stream reads as well

    assert list(library.folder.iterdir()) == []


def test_documents_come_in_the_order_in_which_they_arrived(library: Library) -> None:
    ids = [library.add(f"{number}.pdf", io.BytesIO(b"x")).id for number in range(3)]

    stored = Library(library.folder).documents()
    assert sorted(document.id for document in stored) == sorted(ids)
    times = [document.card().uploaded_at for document in stored]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        ".",
        "..",
        "../library",
        "a" * 32,
        "A" * 32,
        "0" * 31,
        "0" * 33,
        "/etc/passwd",
        "\x00",
        "٣" * 32,
        "x\n",
    ],
    ids=repr,
)
def test_what_is_not_an_id_of_ours_is_unknown(library: Library, wrong: str) -> None:
    with pytest.raises(UnknownDocument, match="no such document"):
        library.get(wrong)


def test_a_hostile_name_never_becomes_part_of_a_path(library: Library, tmp_path: Path) -> None:
    document = library.add("../../../escaped.pdf", io.BytesIO(b"%PDF-"))

    assert document.original.parent.parent == library.folder
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


def test_text_appears_whole_or_not_at_all(library: Library) -> None:
    def pages() -> Iterator[str]:
        yield "the first page"
        assert document.page_text(1) is None, "not before the last page is there"
        raise OSError("the disk is full")

    document = library.add("log.pdf", io.BytesIO(b"%PDF-"))
    with pytest.raises(OSError, match="disk is full"):
        document.write_text(pages())

    assert not document.text_file.exists()
    assert document.page_text(1) is None


def test_a_page_is_found_without_reading_the_ones_before_it(library: Library) -> None:
    document = library.add("log.pdf", io.BytesIO(b"%PDF-"))
    document.write_text(["one", "", "drei – 潮汐", "four"])

    assert [document.page_text(number) for number in range(1, 5)] == ["one", "", "drei – 潮汐", "four"]
    assert [document.page_text(number) for number in (-1, 0, 5, 10**30)] == [None] * 4
    assert document.text_file.read_bytes().count(b"\f") == 4


def test_a_removed_document_is_unknown(library: Library) -> None:
    document = library.add("log.pdf", io.BytesIO(b"%PDF-"))
    library.remove(document)

    with pytest.raises(UnknownDocument):
        library.get(document.id)
