"""Owns the promises about creating a job: its facts are checked, and its first event tells all of its state."""

from __future__ import annotations

from typing import Any

import pytest

from headway.core.changes import fold
from headway.core.create import check_facts, create
from headway.core.errors import InvalidReport
from headway.core.job import Mode
from headway.core.plan import parse_plan
from tests.core.jobs import ID, NOW

OTHER = "0192d3a0-7c00-7000-8000-000000000002"


def test_a_created_job_is_pending_with_its_plan() -> None:
    facts = check_facts("index", id=ID, now=NOW, project="acme", subject="file:42", labels={"ref": "main"})
    job, event = create(facts, parse_plan(["scan", ("load", 3)]), NOW)
    assert (job.id, job.status, job.attempt, job.version, job.seq) == (ID, "pending", 0, 1, 1)
    assert (job.permille, job.current, job.total, job.plan_rev) == (0, 0, 2, 1)
    assert [(step.low, step.high, step.version) for step in job.steps.values()] == [(0, 25, 1), (25, 100, 1)]
    assert (event.type, event.seq, event.at, event.recorded_at) == ("created", 1, NOW, NOW)
    assert job.updated_at == NOW
    assert not job.open


def test_its_first_event_alone_makes_the_job_again() -> None:
    facts = check_facts("index", id=ID, now=NOW)
    for plan in (parse_plan(), parse_plan(["scan"], open=True), parse_plan([("scan", 0, 50)])):
        job, event = create(facts, plan, NOW)
        assert fold(facts, (event,)) == job
        assert job.mode is plan.mode


def test_a_job_without_steps_knows_no_percent() -> None:
    job, _ = create(check_facts("index", id=ID, now=NOW), parse_plan(), NOW)
    assert (job.permille, job.current, job.total, job.mode, job.open) == (None, 0, None, Mode.WEIGHTS, True)


def test_facts_stay_as_they_were_given() -> None:
    given: dict[str, Any] = {
        "project": "Ångström",
        "tenant": "acme",
        "subject": "file:42",
        "external_id": "celery/9f",
        "labels": {"commit_sha": "4e1f", "n": [1]},
        "parent_step": "children",
    }
    facts = check_facts("index", id=ID.upper(), now=NOW, parent_id=OTHER.upper(), **given)
    assert {name: getattr(facts, name) for name in given} == given
    assert (facts.id, facts.parent_id, facts.kind, facts.created_at) == (ID, OTHER, "index", NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "x" * 101}, "kind"),
        ({"id": "42"}, "id"),
        ({"project": ""}, "project"),
        ({"tenant": 7}, "tenant"),
        ({"subject": "a\nb"}, "subject"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"labels": []}, "labels"),
        ({"parent_id": "42"}, "parent_id"),
        ({"parent_id": ID}, "parent_id"),
        ({"parent_id": OTHER, "parent_step": ""}, "parent_step"),
        ({"parent_step": "children"}, "parent_step"),
    ],
)
def test_a_wrong_fact_is_refused_by_its_name(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidReport) as caught:
        check_facts(**{"kind": "index", "id": ID, "now": NOW, **wrong})
    assert caught.value.field == field
