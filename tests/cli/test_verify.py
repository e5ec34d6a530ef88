"""`headway verify`: state and history agree, or it is told where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headway.cli import audit
from headway.cli.audit import Audit
from headway.core import commands as c
from headway.core.job import Job, Status
from headway.core.record import changed
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Store
from tests.cli.conftest import Program, Works
from tests.cli.programs import Terminal

STORES = ("sqlite", "postgres")


def busy(works: Works) -> str:
    """A job with steps, ticks that no event has carried yet, and a second attempt."""
    job_id = works.ended("failed")
    works.ask(job_id, c.Retry())
    works.committer.attach(job_id, producer="w", lease=None)
    works.report(job_id, c.StartStep(step="load"), c.Note(message="half way"))
    works.report(job_id, c.Update(current=5, total=9, message="reading"))
    return job_id


def test_a_store_that_was_reported_to_has_no_drift(works: Works, headway: Program) -> None:
    busy(works), works.ended("succeeded"), works.job(running=False)
    answer = headway("verify")
    assert answer.status == 0
    assert answer.output.startswith("3 jobs, ")
    assert answer.output.endswith("entries of history: no drift\n")


DRIFTS: dict[str, Callable[[Job], Job]] = {
    "status": lambda job: changed(job, {"status": Status.WAITING, "reason": "child"}),
    "attempt": lambda job: changed(job, {"attempt": 7}),
    "plan_rev": lambda job: changed(job, {"plan_rev": 9}),
    "step": lambda job: changed(job, {"step": None}),
    "steps.scan.attempt": lambda job: _step(job, "scan", attempt=5),
    "steps.scan.weight": lambda job: _step(job, "scan", weight=5.0),
}


def _step(job: Job, name: str, **values: Any) -> Job:
    return changed(job, {"steps": {**job.steps, name: changed(job.steps[name], values)}})


@pytest.mark.parametrize("field", DRIFTS)
def test_drift_is_told_and_repaired(field: str, works: Works, headway: Program) -> None:
    job_id, other = busy(works), works.ended("succeeded")
    drifted = DRIFTS[field](works.state(job_id))
    works.store.repair(drifted)
    found = headway("verify")
    assert found.status == 1
    assert f"{job_id}  drifted" in found.output
    assert f"    {field}: stored " in found.output
    assert other not in found.output
    assert headway("verify", "--json").values[0]["fields"][field]["stored"] != "missing"
    assert works.state(job_id) == drifted

    repaired = headway("verify", "--repair")
    assert repaired.status == 0
    assert f"{job_id}  repaired" in repaired.output
    assert "1 drifted, 1 repaired" in repaired.output
    assert works.state(job_id).version > drifted.version
    assert headway("verify").status == 0


def test_a_repaired_job_can_be_reported_on(works: Works, headway: Program) -> None:
    job_id = busy(works)
    works.store.repair(changed(works.state(job_id), {"plan_rev": 9}))
    headway("verify", "--repair")
    works.report(job_id, c.Update(current=7, total=9), c.FinishStep(step="load"), c.Succeed())
    assert works.state(job_id).status == "succeeded"
    assert headway("verify").status == 0


def test_ticks_that_no_event_has_carried_are_no_drift(works: Works) -> None:
    job_id = works.job()
    works.report(job_id, c.Update(current=5, total=9, message="reading"))
    assert Audit(works.store).look(job_id) is None


def test_a_job_that_is_gone_has_no_drift(works: Works) -> None:
    assert Audit(works.store).look("0192d3a0-7c00-7000-8000-000000000001") is None


def test_histories_longer_than_a_page_are_folded_whole(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 3)
    looked = Audit(works.store)
    job_id = busy(works)
    assert looked.look(job_id) is None
    assert looked.events == works.state(job_id).seq


def test_a_history_with_a_hole_is_told_and_not_used_for_repair(
    headway: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = Works(_Torn())
    job_id = works.ended("failed")
    monkeypatch.setattr("headway.cli.desk.Desk.opened", lambda *_: works.store)
    for options in ((), ("--repair",)):
        answer = headway("verify", *options)
        assert answer.status == 1
        assert f"{job_id}  its history is broken" in answer.output
        assert "history: stored entry 4, its history tells entry 3" in answer.output


class _Torn(MemoryStore):
    """A store that lost an entry of every history."""

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Any]:
        return [event for event in super().history(job_id, after=after, limit=limit) if event.seq != 3]


def test_what_workers_write_meanwhile_is_no_drift(store: Store, works: Works, headway: Program) -> None:
    job_id = busy(works)
    looked = Audit(_Moving(store, lambda: works.report(job_id, c.Note(message="more"))))
    assert looked.look(job_id) is None


class _Moving:
    """A store that is written to right after a job was read."""

    def __init__(self, store: Store, write: Callable[[], None]) -> None:
        self._store = store
        self._write = write

    def load(self, job_id: str) -> Job | None:
        job = self._store.load(job_id)
        self._write()
        return job

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_long_look_says_how_far_it_is_and_leaves_no_trace(url: str, works: Works) -> None:
    for _ in range(300):
        works.job("scan")
    job_id = busy(works)
    works.store.repair(changed(works.state(job_id), {"plan_rev": 9}))
    with Terminal("verify", store=url, height=40) as terminal:
        assert terminal.ends() == 1
        assert "looked at" not in terminal.screen.text
        assert f"{job_id}  drifted" in terminal.screen.text
        assert "301 jobs" in terminal.screen.text
