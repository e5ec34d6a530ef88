"""Owns the proof that the arithmetic of the docs is that of the program, and starts from measured figures."""

from __future__ import annotations

import re

import pytest

from bench import fanout
from tests.house.rules import ROOT

RESULTS = (ROOT / "bench" / "results.md").read_text()


def measured(what: str, unit: str) -> float:
    """Headway's own figure of a line of the results."""
    found = re.search(rf"^\| {re.escape(what)} \| ([\d,.]+){re.escape(unit)} \|", RESULTS, re.MULTILINE)
    assert found, what
    return float(found[1].replace(",", ""))


def test_the_docs_show_what_the_program_prints() -> None:
    assert "\n".join(fanout.lines()) in (ROOT / "docs" / "scaling.md").read_text()


@pytest.mark.parametrize(
    ("reckoned", "what"),
    [
        (fanout.WRITES_PER_S, "SSE, 1,000 readers, single events"),
        (fanout.MESSAGES_PER_S, "SSE, 1,000 readers, bursts"),
    ],
)
def test_it_promises_no_more_than_was_measured(reckoned: float, what: str) -> None:
    assert reckoned < measured(what, "/s") * 2  # the last run may have been one of a slow day


def test_it_reckons_with_the_memory_that_was_measured() -> None:
    assert measured("memory of an idle SSE reader", " KiB") == pytest.approx(fanout.READER_KIB, rel=0.25)


def test_ticks_join_what_comes_close_together() -> None:
    assert fanout.ticks(0.1) == pytest.approx(0.1, rel=0.01)
    assert fanout.ticks(10_000) == pytest.approx(fanout.TICKS_PER_S)


def test_nobody_is_served_by_nothing() -> None:
    one = fanout.cost(fanout.Scene(1, 1, 0.001))
    assert (one.processes, one.databases) == (1, 1)
    million = fanout.cost(fanout.Scene(1_000_000, 100, 1))
    assert million.processes * fanout.READERS_MAX >= 1_000_000
    assert million.changes_per_s / million.databases <= fanout.FOLLOWED_PER_S
