"""Owns the proof that the page works below a prefix of somebody else's application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page.processes import MOUNTED, Served, Worker
from tests.page.sight import Desk


@pytest.fixture(scope="module")
def served(store: str, folder: Path) -> Iterator[Served]:
    """Mounted without a hook for access: whoever reaches it may read, and nothing more."""
    with Served(store, folder, script=MOUNTED, prefix="tools/jobs/") as served:
        yield served


def test_below_a_prefix_everything_is_found(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", subject="mounted")
    tab = desk.open().live()
    tab.row(job).get_by_role("link").click()
    tab.live().expect(tab.entries()).to_have_count(2)
    tab.page.get_by_role("link", name="All jobs").click()
    tab.live().expect(tab.row(job)).to_be_visible()
    assert tab.page.url == f"{tab.served.url}#/"


def test_who_may_only_read_is_told_so(storm: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report")
    tab = storm.open(f"#/jobs/{job}").live()
    tab.button("Cancel…").click()
    tab.button("Ask it to stop").click()
    tab.expect(tab.find(".actions .note")).to_contain_text("Refused:")
