"""Several worker processes on one job at once: each has its steps, and together they make one percent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headway.core.changes import fold
from headway.core.plan import parse_plan
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.stores.address import open_store
from headway.stores.protocol import Store

PARTS = 20
UPLOAD = f"""
import sys, headway
job = headway.attach(sys.argv[1])
for name in sys.argv[2:]:
    with job.step("queue_" + name, parallel=True):
        pass
    step = job.step("upload_to_" + name, parallel=True)
    step.update(total={PARTS})
    for part in range({PARTS} if name != "dropbox" else 15):
        step.advance()
        job.flush()
        print("sent", flush=True)
        sys.stdin.readline()
    step.fail("the far side said no") if name == "dropbox" else step.succeed("sent to " + name)
job.detach()
"""
NAMES = ("s3", "webdav", "local", "dropbox")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}" if request.param == "sqlite" else request.getfixturevalue("database")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()


class Uploading:
    """A worker process that sends part after part, each when it is told to."""

    def __init__(self, url: str, folder: Path, job_id: str, *names: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", UPLOAD, job_id, *names],
            env=os.environ | {"HEADWAY_STORE": url, "HEADWAY_SPOOL": str(folder / "spool")},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def go(self) -> bool:
        """One part more; False when it has sent everything."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            return False
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return True

    def ends(self) -> None:
        out, err = self.process.communicate(timeout=60)
        assert (self.process.returncode, out, err) == (0, "", "")


def parts_done(steps: list[dict[str, Any]], *, failed: float) -> float:
    """How many steps' worth is done, as the steps say themselves. A failed one has nothing left to do: it counts as
    whole, but its failure alone moves nothing.
    """
    settled = {"succeeded": 1.0, "failed": failed}
    return sum(settled.get(step["status"], (step["percent"] or 0) / 100) for step in steps)


def test_two_processes_upload_at_once_and_the_percent_is_right(url: str, store: Store, tmp_path: Path) -> None:
    with Reporter(StoreLink(open_store(url)), spool=tmp_path / "own") as reporter:
        job = reporter.start("intake", plan=parse_plan(["hash_file", "send"], open=True))
        with job.step("hash_file"):
            pass
        job.step("send", parallel=True)
        uploads = [{"name": f"{what}_{name}", "group": "uploads"} for name in NAMES for what in ("queue", "upload_to")]
        job.add_steps(uploads)
        assert reporter.get(job.id)["progress"]["percent"] == 50.0
        running = {Uploading(url, tmp_path, job.id, *NAMES[:2]), Uploading(url, tmp_path, job.id, *NAMES[2:])}
        both, shown = set(running), [50.0]
        while running:
            running -= {each for each in running if not each.go()}
            seen = reporter.get(job.id)
            shown.append(seen["progress"]["percent"])
            least, most = (50 + 50 / 9 * parts_done(seen["steps"][1:], failed=failed) for failed in (0.75, 1.0))
            assert least - 0.11 < shown[-1] <= most + 0.01
        assert shown == sorted(shown), "never back"
        for each in both:
            each.ends()
        seen = reporter.get(job.id)
        assert seen["status"] == "running", "whoever only takes part does not end the job"
        assert 93.0 <= seen["progress"]["percent"] <= 94.4, "eight shares of 50 / 9, the failed one whole or as it was"
        assert {step["group"] for step in seen["steps"][2:]} == {"uploads"}
        assert {step["name"]: step["status"] for step in seen["steps"] if step["status"] != "succeeded"} == {
            "send": "running",
            "upload_to_dropbox": "failed",
        }
        whole = store.load(job.id)
        assert whole is not None
        assert fold(whole.facts, store.history(job.id, limit=1_000)) == whole
        job.fail("one destination said no")
