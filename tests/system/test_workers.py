"""Owns the proof that what workers were told was safe is safe: store away, workers killed, racing, side by side."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.errors import HeadwayError
from headway.reporting.batch import Batch
from headway.reporting.committer import Committer
from headway.stores.address import open_store
from headway.stores.protocol import Store
from tests.cli.programs import environ
from tests.cli.programs import run as headway
from tests.hub.conftest import Works
from tests.postgres.proxy import FaultProxy
from tests.scale import Scale
from tests.system.conftest import Hire
from tests.system.judging import judge, whole_history
from tests.waiting import eventually

SIDE_BY_SIDE = """
import sys, headway
with headway.attach(sys.argv[1]) as job:
    for number in range(100):
        job.advance(1)
        job.note(f"{sys.argv[2]} {number}")
"""
ENDINGS = {"succeeded", "failed", "cancelled"}


@pytest.fixture
def network(database: str) -> Iterator[FaultProxy]:
    with FaultProxy(database) as proxy:
        yield proxy
        proxy.heal()


def outcomes(lines: list[list[str]]) -> list[str]:
    return [words[3] for words in lines if words[0] == "noted"]


def test_a_store_that_is_away_for_a_while_holds_up_no_work_and_loses_nothing(
    network: FaultProxy, store: Store, hire: Hire, scale: Scale
) -> None:
    worker = hire("one", store=network.url, notes=scale(150, 100_000), pace_s=scale(0.002, 0.01))
    eventually(lambda: "stored" in outcomes(worker.lines), within_s=40)
    back = time.monotonic() + scale(0.0, 60.0)
    network.refuse()
    network.reset()
    eventually(lambda: time.monotonic() > back and outcomes(worker.lines).count("spooled") >= 60, within_s=100)
    network.heal()
    eventually(lambda: outcomes(worker.lines)[-1] == "stored", within_s=60)
    assert worker.end() == 0
    verdict = judge(store, [worker], [])
    print(verdict, Counter(outcomes(worker.lines)))
    assert (verdict.lost, verdict.doubled, verdict.out_of_order, verdict.counts_off, verdict.drifted) == (0,) * 5
    assert verdict.blocked_s < 5.0


def test_workers_killed_at_random_lose_nothing_that_was_acknowledged(
    store: Store, database: str, hire: Hire, scale: Scale
) -> None:
    choice = random.Random(scale.seed)
    for _ in range(scale(4, 100)):
        worker = hire("one", pace_s=0.0)
        so_far = len(worker.lines)
        wanted = so_far + choice.randrange(1, 100)
        eventually(lambda: len(worker.lines) >= wanted, within_s=40)  # noqa: B023  # asked before the next round
        worker.kill()
    last = hire("one")
    assert last.end() == 0
    verdict = judge(store, [last], [])
    print(verdict)
    assert (verdict.lost, verdict.doubled, verdict.out_of_order, verdict.counts_off, verdict.drifted) == (0,) * 5
    assert headway("verify", store=database).returncode == 0


def test_two_programs_on_one_attempt_add_up_and_keep_each_its_order(
    store: Store, database: str, tmp_path: Path
) -> None:
    job = Works(store).job()
    env = environ(database, HEADWAY_SPOOL=str(tmp_path / "spool"))
    both = [subprocess.Popen([sys.executable, "-c", SIDE_BY_SIDE, job, name], env=env) for name in ("one", "other")]
    assert [worker.wait(60) for worker in both] == [0, 0]
    notes = [str(event.message) for event in whole_history(store, job) if event.type == "noted"]
    for name in ("one", "other"):
        assert [note for note in notes if note.startswith(f"{name} ")] == [f"{name} {number}" for number in range(100)]
    found = store.load(job)
    assert found is not None
    assert found.current == 200


def test_a_cancel_that_races_a_success_leaves_one_ending(store: Store, database: str, scale: Scale) -> None:
    """A worker and a person on connections of their own, at the same moment."""
    works = Works(store)
    both = threading.Barrier(2)
    with contextlib.closing(open_store(database, bus="off")) as other, ThreadPoolExecutor(2) as hands:
        worker, person = Committer(store), Committer(other)

        def succeed(job: str) -> None:
            both.wait(10)
            batch = Batch(job, 1, "w", 1, (c.Succeed(),))
            with contextlib.suppress(HeadwayError):
                worker.report(batch)

        def cancel(job: str) -> None:
            both.wait(10)
            with contextlib.suppress(HeadwayError):
                person.ask(job, c.Cancel())

        won = Counter[str]()
        for _ in range(scale(50, 10_000)):
            job = works.job()
            for done in [hands.submit(succeed, job), hands.submit(cancel, job)]:
                done.result(20)
            types = [event.type for event in whole_history(store, job)]
            assert len(ENDINGS.intersection(types)) == 1, types
            assert types[-1] in ENDINGS
            assert works.state(job).status == types[-1]
            won[types[-1]] += 1
    print(won)
