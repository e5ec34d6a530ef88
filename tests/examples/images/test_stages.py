"""The stages of a job, told by its worker: forward only, clamped, and with errors that have names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import headway
from examples.images import plan
from examples.images.errors import BackwardStage, StageError, StageNotStored, UnknownStage
from examples.images.stages import Stages
from examples.images.status import status_of
from tests.examples.locked import away

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def job(reporter: headway.Reporter) -> headway.JobHandle:
    return reporter.start(plan.KIND, steps=plan.STEPS)


def shown(job: headway.JobHandle) -> tuple[str, int]:
    job.flush()
    status = status_of(job.snapshot())
    return status["stage"], status["progress"]


def test_a_backward_stage_is_a_typed_error_and_changes_nothing(job: headway.JobHandle) -> None:
    stages = Stages(job)
    stages.update(plan.STORING)
    before = job.snapshot()

    for stage in (plan.VALIDATING, plan.GENERATING):
        with pytest.raises(BackwardStage) as caught:
            stages.update(stage, 99)
        assert (caught.value.stage, caught.value.reached) == (stage, plan.STORING)

    assert job.snapshot() == before


def test_a_stage_that_is_not_in_the_plan_is_a_typed_error(job: headway.JobHandle) -> None:
    for stage in ("", "complete", "polishing"):
        with pytest.raises(UnknownStage):
            Stages(job).update(stage)


@pytest.mark.parametrize(
    ("progress", "percent"),
    [(-5, 30), (0, 30), (29.9, 30), (30, 30), (45, 45), (45.9, 45), (69.9, 69), (70, 70), (100, 70), (1e308, 70)],
)
def test_a_percent_is_clamped(job: headway.JobHandle, progress: float, percent: int) -> None:
    Stages(job).update(plan.GENERATING, progress)

    assert shown(job) == (plan.GENERATING, percent)


@pytest.mark.parametrize(("progress", "percent"), [(float("nan"), 30), (float("inf"), 70), (float("-inf"), 30)])
def test_what_is_no_number_moves_nothing_wrongly(job: headway.JobHandle, progress: float, percent: int) -> None:
    Stages(job).update(plan.GENERATING, progress)

    assert shown(job) == (plan.GENERATING, percent)


def test_within_a_stage_the_percent_holds_when_a_smaller_one_is_told(job: headway.JobHandle) -> None:
    stages = Stages(job)
    seen = []
    for progress in (60, 40, 61, 70, 35):
        stages.update(plan.GENERATING, progress)
        seen.append(shown(job)[1])

    assert seen == [60, 60, 61, 70, 70]


def test_a_worker_that_goes_on_repeats_the_work_and_not_what_was_told(
    job: headway.JobHandle, reporter: headway.Reporter
) -> None:
    first = Stages(job)
    first.update(plan.VALIDATING)
    first.update(plan.GENERATING, 60)
    job.flush()
    job.detach()

    again = reporter.attach(job.id)
    second = Stages(again)
    seen = []
    for stage, progress in (
        (plan.VALIDATING, None),
        (plan.GENERATING, 30),
        (plan.GENERATING, 65),
        (plan.STORING, None),
    ):
        second.update(stage, progress)
        seen.append(shown(again))

    assert seen == [("generating", 60), ("generating", 60), ("generating", 65), ("storing", 80)]
    assert again.attempt == 1


def test_a_store_that_cannot_take_a_stage_is_a_typed_error_of_its_own(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_PATIENCE_S", "0.05")
    monkeypatch.setenv("HEADWAY_SPOOL", str(tmp_path / "a file" / "spool"))
    with headway.connect(store) as reporter:
        job = reporter.start(plan.KIND, steps=plan.STEPS)
        stages = Stages(job)
        (tmp_path / "a file").write_text("where reports would be kept while the store is away")
        with away(store), pytest.raises(StageNotStored) as caught:
            stages.update(plan.VALIDATING)
    assert isinstance(caught.value, StageError)
    assert not isinstance(caught.value, BackwardStage)
