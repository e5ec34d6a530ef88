"""The work on one file: a teller that is a language model, away or unwilling, a copy that was altered, odd words."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from examples.house import papers
from examples.intake import plan
from examples.intake.archive import Archive
from examples.intake.metadata import Metadata, MetadataError, MetadataRefused, MetadataUnavailable
from examples.intake.progress import get_file_step_status, get_processing_logs, initialize_file_steps
from examples.intake.work import AlteredFile, Filing
from tests.examples.chat import PlayedModel, says
from tests.examples.intake.serving import served

if TYPE_CHECKING:
    from pathlib import Path

    from examples.intake.archive import Place
    from examples.intake.ledger import Ledger

PLAIN = Metadata(title="Tide Tables", document_date=date(2026, 3, 14), keywords=("tide", "reach"), told_by="test")


class Teller:
    """Says what it is told to, one after the other."""

    name = "test"

    def __init__(self, *answers: Metadata | MetadataError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def tell(self, text: str) -> Metadata:
        self.asked.append(text)
        answer = self.answers.pop(0)
        if isinstance(answer, MetadataError):
            raise answer
        return answer


@pytest.fixture
def place(ledger: Ledger, tmp_path: Path) -> Place:
    """A file that was just brought."""
    place, _new = Archive(tmp_path).take_in("tide-tables.pdf", io.BytesIO(papers.printed("Tide Tables", 2)))
    initialize_file_steps(ledger, place.file_id)
    return place


def told(ledger: Ledger, place: Place, step: str) -> list[tuple[Any, Any]]:
    entries = get_processing_logs(ledger, place.file_id)
    return [(entry["status"], entry["message"]) for entry in entries if entry["step_name"] == step]


def test_a_language_model_is_asked_when_its_key_is_set(tmp_path: Path) -> None:
    said = {"title": "Dues of the Harbour", "document_date": "2026-01-31", "keywords": ["dues"], "language": "en"}
    with PlayedModel() as model:
        model.answers = [says(json.dumps(said))]
        settings = {"OPENAI_API_KEY": "a-key", "OPENAI_BASE_URL": model.address, "OPENAI_MODEL": "small"}
        with served(tmp_path, settings=settings) as intake:
            file = intake.ended(intake.bring(papers.printed("Harbour Dues", 1)))

        assert len(model.asked) == 1
    record = file["record"]
    assert record["metadata"].items() >= said.items()
    assert "small" in record["metadata"]["told_by"]
    assert record["filed_as"] == f"2026-01-31-dues-of-the-harbour-{file['file_id'][:8]}.pdf"


def test_a_teller_that_is_away_is_asked_again_and_each_time_is_in_the_log(ledger: Ledger, place: Place) -> None:
    teller = Teller(MetadataUnavailable("busy"), MetadataUnavailable("away"), PLAIN)

    Filing(ledger, place, teller, ask_again_s=(0.0, 0.0)).run()

    log = told(ledger, place, plan.EXTRACT_METADATA)
    assert [status for status, _message in log] == ["in_progress", "failure"] * 2 + ["in_progress", "success"]
    assert "(busy)" in log[1][1]
    assert log[2][1] == "Asked again after 0 s"
    assert len(teller.asked) == 3
    assert get_file_step_status(ledger, place.file_id)[plan.FINALIZE_STORAGE]["status"] == "success"


@pytest.mark.parametrize(
    ("answers", "asked"), [([MetadataRefused()], 1), ([MetadataUnavailable(f"{number}") for number in range(3)], 3)]
)
def test_a_teller_that_does_not_tell_fails_the_file_with_its_sentence(
    ledger: Ledger, place: Place, answers: list[MetadataError], asked: int
) -> None:
    teller = Teller(*answers)
    last = str(answers[-1])

    with pytest.raises(MetadataError):
        Filing(ledger, place, teller, ask_again_s=(0.0, 0.0)).run()

    row = get_file_step_status(ledger, place.file_id)[plan.EXTRACT_METADATA]
    assert (row["status"], row["error_message"]) == ("failure", last)
    assert len(teller.asked) == asked
    assert get_file_step_status(ledger, place.file_id)[plan.EMBED_METADATA]["status"] == "pending"


def test_a_copy_that_was_altered_is_not_filed_before_it_is_brought_again(
    ledger: Ledger, place: Place, tmp_path: Path
) -> None:
    place.original.write_bytes(place.original.read_bytes() + b"\n")

    with pytest.raises(AlteredFile):
        Filing(ledger, place, Teller()).run()

    row = get_file_step_status(ledger, place.file_id)[plan.HASH_FILE]
    assert (row["status"], row["error_message"]) == (
        "failure",
        "The copy of this file that is kept here was altered; bring the file once more, then try again.",
    )
    again, new = Archive(tmp_path).take_in("tide-tables.pdf", io.BytesIO(papers.printed("Tide Tables", 2)))
    assert (again.file_id, new) == (place.file_id, False)
    Filing(ledger, place, Teller(PLAIN)).run()
    assert get_file_step_status(ledger, place.file_id)[plan.FINALIZE_STORAGE]["status"] == "success"


def test_what_is_done_is_not_done_again(ledger: Ledger, place: Place) -> None:
    with pytest.raises(MetadataRefused):
        Filing(ledger, place, Teller(MetadataRefused())).run()
    before = told(ledger, place, plan.EXTRACT_TEXT)
    teller = Teller(PLAIN)

    Filing(ledger, place, teller).run()

    assert told(ledger, place, plan.EXTRACT_TEXT) == before
    assert "Tide Tables" in teller.asked[0], "the text is read from where it was kept"


@pytest.mark.parametrize(
    ("title", "shelf"),
    [
        ("Gezeiten & Überfahrten", "gezeiten-überfahrten"),
        ("潮汐表", "潮汐表"),
        ("../../etc/passwd", "etc-passwd"),
        ("\u202efdp.exe <&>\x07", "fdp-exe"),
        ("?!", "document"),
        ("word " * 60, "-".join(["word"] * 12)),
        (None, "tide-tables"),
    ],
)
def test_any_title_is_embedded_and_makes_a_name_that_is_no_path(
    ledger: Ledger, place: Place, title: str | None, shelf: str
) -> None:
    Filing(ledger, place, Teller(Metadata(title=title, keywords=("a\x00b",), language="de", told_by="test"))).run()

    record = place.record()
    assert record is not None
    assert record.filed_as == f"{shelf}-{place.file_id[:8]}.pdf"
    with pikepdf.open(place.filed) as pdf, pdf.open_metadata() as xmp:
        assert str(pdf.docinfo["/Title"]) == xmp["dc:title"]
        assert xmp["dc:language"] == {"de"}
        assert "\x00" not in str(pdf.docinfo["/Keywords"])
