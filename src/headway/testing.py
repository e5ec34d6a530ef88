"""For users' own tests: jobs of the module-level calls go to memory, and can be looked at.

def test_a_report_renders_every_page():
with headway.testing.recording() as jobs:
make_report(pages=3)
assert jobs.only()["progress"]["percent"] == 100.0
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from headway.core import wire
from headway.reporting.default import default_reporter
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.stores.memory import MemoryStore
from headway.stores.protocol import JobQuery

__all__ = ["Recorded", "recording"]


class Recorded:
    """The jobs that were reported, as plain values in the names of the wire."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def all(self) -> list[dict[str, Any]]:
        """Every job, in the order of their creation."""
        return [wire.job_wire(job) for job in reversed(self._store.jobs(JobQuery(limit=1_000_000)))]

    def only(self) -> dict[str, Any]:
        """The one job that there is."""
        jobs = self.all()
        assert len(jobs) == 1, f"{len(jobs)} jobs were reported, not one"
        return jobs[0]

    def history(self, job_id: str) -> list[dict[str, Any]]:
        """A job's events in order."""
        return [wire.event_wire(job_id, event) for event in self._store.history(job_id, limit=1_000_000)]


@contextmanager
def recording() -> Iterator[Recorded]:
    """Inside, `headway.start` and its kin report to a store in memory that nobody else sees."""
    store = MemoryStore()
    with tempfile.TemporaryDirectory() as spool, Reporter(StoreLink(store), spool=Path(spool)) as reporter:
        before = default_reporter.replace(reporter)
        try:
            yield Recorded(store)
        finally:
            default_reporter.replace(before)
