"""What users' own tests are given."""

from __future__ import annotations

import pytest

import headway
from headway.testing import recording


def test_jobs_of_the_module_level_calls_are_recorded() -> None:
    with recording() as jobs:
        with headway.start("report", steps=["render"]) as job:
            for _ in headway.track(range(3), step="render"):
                pass
        assert jobs.only()["progress"]["percent"] == 100.0
        assert [event["type"] for event in jobs.history(job.id)][-1] == "succeeded"


def test_each_recording_starts_empty() -> None:
    for _ in range(2):
        with recording() as jobs:
            headway.create("a")
            headway.create("b")
            assert [job["kind"] for job in jobs.all()] == ["a", "b"]
            with pytest.raises(AssertionError, match="2 jobs"):
                jobs.only()
