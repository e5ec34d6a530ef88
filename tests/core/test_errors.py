"""Owns the promises about errors: a stable code, the facts by name, a message that says what to do."""

from __future__ import annotations

import pickle

import pytest

from headway.core import errors
from headway.core.errors import HeadwayError

EXAMPLES: tuple[tuple[HeadwayError, str, dict[str, object], str], ...] = (
    (errors.InvalidReport("step", "is needed"), "invalid", {"field": "step", "reason": "is needed"}, "step: is needed"),
    (errors.UnknownStep("step", "no"), "unknown-step", {"field": "step", "reason": "no"}, "step: no"),
    (
        errors.BackwardStep("scan", "render"),
        "backward-step",
        {
            "field": "step",
            "reason": "'scan' comes before 'render', and this job goes forward only",
            "step": "scan",
            "reached": "render",
        },
        "step: 'scan' comes before 'render', and this job goes forward only",
    ),
    (
        errors.IllegalTransition("start_step", "failed", "retry it"),
        "illegal-transition",
        {"command": "start_step", "state": "failed", "advice": "retry it"},
        "cannot start step: the job is failed; retry it",
    ),
    (
        errors.IllegalTransition("advance", "pending", "start it", step="scan"),
        "illegal-transition",
        {"command": "advance", "state": "pending", "advice": "start it", "step": "scan"},
        "cannot advance: step 'scan' is pending; start it",
    ),
    (errors.Fenced("j", 1, 2), "fenced", {"job_id": "j", "attempt": 1, "current": 2}, "superseded by attempt 2"),
    (errors.Cancelled("j"), "cancelled", {"job_id": "j"}, "asked to stop"),
    (errors.UnknownJob("j"), "unknown-job", {"job_id": "j"}, "no job 'j'"),
    (errors.JobExists("j"), "job-exists", {"job_id": "j"}, "choose another id"),
    (errors.BatchGap(3, 5), "batch-gap", {"expected": 3, "got": 5}, "5 came where 3 was expected"),
    (errors.StoreUnavailable("s", "full"), "store-unavailable", {"store": "s", "reason": "full"}, "store s: full"),
    (errors.StoreUnusable("s", "torn"), "store-unusable", {"store": "s", "reason": "torn"}, "store s: torn"),
    (errors.RowRefused("s", "seq"), "row-refused", {"store": "s", "reason": "seq"}, "store s: seq"),
    (errors.InvalidSetting("PORT", "no"), "invalid-setting", {"name": "PORT", "reason": "no"}, "PORT: no"),
    (errors.MissingExtra("serve", "click"), "missing-extra", {"extra": "serve", "package": "click"}, "headway[serve]"),
)
KINDS = [type(example[0]).__name__ for example in EXAMPLES]


@pytest.mark.parametrize(("error", "code", "facts", "says"), EXAMPLES, ids=KINDS)
def test_an_error_carries_its_facts(error: HeadwayError, code: str, facts: dict[str, object], says: str) -> None:
    assert error.code == code
    assert error.fields() == facts
    assert says in str(error)


@pytest.mark.parametrize("error", [example[0] for example in EXAMPLES], ids=KINDS)
def test_an_error_survives_the_way_between_two_processes(error: HeadwayError) -> None:
    error.index = 3
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes: how process pools hand errors over
    assert type(again) is type(error)
    assert (str(again), again.fields()) == (str(error), error.fields())


def test_every_error_has_an_example_here() -> None:
    named = {name for name, thing in vars(errors).items() if isinstance(thing, type)}
    assert named - {"HeadwayError"} == set(KINDS)
    assert all(issubclass(getattr(errors, name), HeadwayError) for name in named)
