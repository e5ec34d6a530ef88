"""The sample input: of every kind, the same every time, and answered as it promises."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest

from examples.documents import samples
from examples.documents.work import read_document
from examples.house import papers, unreadable
from examples.house.sample import Sample

if TYPE_CHECKING:
    from examples.documents.library import Library
    from tests.examples.documents.conftest import Record


def test_there_is_a_small_a_large_a_locked_and_a_damaged_one() -> None:
    made = samples.samples()

    assert {sample.refused for sample in made} == {None, unreadable.EncryptedPdf, unreadable.DamagedPdf}
    with pikepdf.open(io.BytesIO(papers.printed("x", 3))) as small:
        assert len(small.pages) == 3


@pytest.mark.parametrize(
    "sample",
    [sample for sample in samples.samples() if sample.name != "the-harbour-log.pdf"],
    ids=lambda s: s.name,
)
def test_each_is_answered_as_it_promises(sample: Sample, record: Record, library: Library) -> None:
    document = library.add(sample.name, io.BytesIO(sample.make()))

    if sample.refused:
        with pytest.raises(sample.refused):
            read_document(record, document)
    else:
        assert read_document(record, document).pages >= 1


def test_they_are_the_same_bytes_every_time() -> None:
    assert papers.printed("Tide Table", 20) == papers.printed("Tide Table", 20)
    assert papers.scanned(1) == papers.scanned(1)
    assert papers.torn() == papers.torn()
