"""One errand at a time, reported through a real Headway job: what the job says at its end, and along the way."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

import headway
from examples.documents import plan
from examples.documents.worker import Errand, do
from examples.house import papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examples.documents.library import Library


@pytest.fixture
def reporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[headway.Reporter]:
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "spool"))
    with headway.connect("memory:") as reporter:
        yield reporter


def given(reporter: headway.Reporter, library: Library, content: bytes) -> Errand:
    document = library.add("brought.pdf", io.BytesIO(content))
    job = reporter.create(plan.KIND, steps=plan.STEPS, subject=plan.subject_of(document.id))
    return Errand(document_id=document.id, job_id=job.id)


def done(reporter: headway.Reporter, library: Library, content: bytes) -> dict[str, Any]:
    errand = given(reporter, library, content)
    do(reporter, library, errand)
    return reporter.get(errand.job_id)


def test_a_read_document_ends_its_job_with_what_came_out(reporter: headway.Reporter, library: Library) -> None:
    job = done(reporter, library, papers.printed("Mooring Plan", 3))

    assert (job["status"], job["progress"]["percent"], job["step"]) == ("succeeded", 100.0, None)
    assert job["result"]["pages"] == 3
    assert job["result"]["characters"] > 9000
    assert job["message"] == "3 pages"
    steps = {step["name"]: step for step in job["steps"]}
    assert list(steps) == [name for name, _weight in plan.STEPS]
    assert {step["status"] for step in steps.values()} == {"succeeded"}
    assert all(step["started_at"] <= step["finished_at"] for step in steps.values())
    text = steps[plan.EXTRACTING_TEXT]
    assert (text["current"], text["total"], text["unit"]) == (3, 3, "pages")


def test_a_locked_document_fails_its_job_with_the_sentence(reporter: headway.Reporter, library: Library) -> None:
    job = done(reporter, library, papers.sealed())

    sentence = "This PDF is locked with a password; save a copy without one and upload that."
    assert (job["status"], job["reason"], job["error"]) == ("failed", "error", sentence)
    assert job["step"] is None, "the current step is cleared at the end"
    assert job["steps"][0]["error"] == sentence
    assert [step["status"] for step in job["steps"]] == ["failed", "pending", "pending", "pending"]


def test_a_document_that_breaks_in_the_middle_keeps_its_percent(reporter: headway.Reporter, library: Library) -> None:
    job = done(reporter, library, papers.with_a_missing_page(8, 5))

    assert job["status"] == "failed"
    assert job["error"].startswith("Page 5 of 8 cannot be read")
    # 2 of 100 for starting, and 4 of 8 pages of the 90 for the text.
    assert job["progress"]["percent"] == 47.0


def test_a_cancelled_job_stops_between_two_pages(
    reporter: headway.Reporter, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand = given(reporter, library, papers.printed("The Long Log", 30))
    from examples.house.pdf import Pdf

    read = Pdf.text

    def asked_at_page_ten(pdf: Pdf, page: int) -> str:
        if page == 9:
            reporter.cancel(errand.job_id)
            reporter.flush()
        return read(pdf, page)

    monkeypatch.setattr(Pdf, "text", asked_at_page_ten)
    do(reporter, library, errand)

    job = reporter.get(errand.job_id)
    assert job["status"] == "cancelled"
    assert library.get(errand.document_id).page_text(1) is None


def test_a_job_that_was_cancelled_in_line_is_left_alone(reporter: headway.Reporter, library: Library) -> None:
    errand = given(reporter, library, papers.printed("Mooring Plan", 1))
    reporter.cancel(errand.job_id)

    do(reporter, library, errand)

    assert reporter.get(errand.job_id)["status"] == "cancelled"
    assert library.get(errand.document_id).outcome() is None


def test_a_half_read_document_is_taken_over_as_a_new_attempt(reporter: headway.Reporter, library: Library) -> None:
    errand = given(reporter, library, papers.printed("Mooring Plan", 2))
    abandoned = reporter.attach(errand.job_id)
    abandoned.step(plan.STARTING)

    do(reporter, library, errand)

    job = reporter.get(errand.job_id)
    assert (job["status"], job["attempt"]) == ("succeeded", 2)
    with pytest.raises(headway.Fenced):
        abandoned.note("still here")
