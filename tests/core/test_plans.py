"""Owns the promises about plans: the forms in which steps are declared, and how every wrong one is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core import limits
from headway.core.errors import InvalidReport
from headway.core.job import Mode
from headway.core.plan import Plan, StepSpec, parse_plan, parse_steps, spread

weights = st.floats(1e-9, 1e9) | st.integers(1, 1000)


def test_a_step_is_declared_by_name_by_weight_by_range_or_as_an_object() -> None:
    assert parse_steps(["scan", ("extract", 8), ["load", 2.5]]) == (
        StepSpec(name="scan"),
        StepSpec(name="extract", weight=8.0),
        StepSpec(name="load", weight=2.5),
    )
    assert parse_steps([("store", 80, 95)]) == (StepSpec(name="store", low=80.0, high=95.0),)
    assert parse_steps(
        [{"name": "upload", "weight": 3, "group": "uploads"}, {"name": "tidy", "low": 95, "high": 100}]
    ) == (
        StepSpec(name="upload", weight=3.0, group="uploads"),
        StepSpec(name="tidy", low=95.0, high=100.0),
    )


def test_what_is_parsed_already_is_checked_again() -> None:
    specs = parse_steps(["scan", {"name": "tidy", "group": "late"}])
    assert parse_steps(specs) == specs
    with pytest.raises(InvalidReport):
        parse_steps([StepSpec(name="")])


def test_declared_steps_close_the_plan_unless_it_says_else() -> None:
    assert parse_plan() == parse_plan([]) == Plan(steps=(), open=True)
    assert not parse_plan(["scan"]).open
    assert parse_plan(["scan"], open=True).open
    assert not parse_plan([], open=False).open


def test_a_plan_counts_by_weights_or_by_ranges() -> None:
    assert parse_plan().mode is Mode.WEIGHTS
    assert parse_plan(["scan"]).mode is Mode.WEIGHTS
    assert parse_plan([("scan", 0, 10), ("load", 10, 10)]).mode is Mode.RANGES


WRONG: list[tuple[Any, str, str]] = [
    ("scan", "steps", "must be a list"),
    (b"scan", "steps", "must be a list"),
    ({"name": "scan"}, "steps", "must be a list"),
    (7, "steps", "must be a list"),
    ([7], "steps[0]", "must be a name"),
    ([None], "steps[0]", "must be a name"),
    ([()], "steps[0]", "must be a name"),
    ([("a", 1, 2, 3)], "steps[0]", "must be a name"),
    ([b"ab"], "steps[0]", "must be a name"),
    ([""], "steps[0]", "blank"),
    (["a", "b\x00"], "steps[1]", "control characters"),
    ([("a", 0)], "steps[0].weight", "from 1e-09 to 1e+09, got 0"),
    ([("a", -1)], "steps[0].weight", "got -1"),
    ([("a", 5e-324)], "steps[0].weight", "got 4.94066e-324"),
    ([("a", 1e10)], "steps[0].weight", "got 1e+10"),
    ([("a", 10**400)], "steps[0].weight", "finite number"),
    ([("a", 10**5000)], "steps[0].weight", "finite number"),
    ([("a", "2")], "steps[0].weight", "finite number"),
    ([("a", True)], "steps[0].weight", "finite number"),
    ([("a", None)], "steps[0].weight", "finite number"),
    ([("a", math.nan)], "steps[0].weight", "finite number"),
    ([("a", 0, math.inf)], "steps[0].high", "finite number"),
    ([("a", -1, 5)], "steps[0]", "0 <= low <= high <= 100"),
    ([("a", 5, 4)], "steps[0]", "0 <= low <= high <= 100"),
    ([("a", 5, 100.1)], "steps[0]", "0 <= low <= high <= 100"),
    ([{"weight": 1}], "steps[0].name", "must be text"),
    ([{"name": "a", "low": 1}], "steps[0]", "both low and high"),
    ([{"name": "a", "group": ""}], "steps[0].group", "blank"),
    ([{"name": "a", "status": "running"}], "steps[0].status", "not a field"),
    ([{"name": "a", 7: 1}], "steps[0].7", "not a field"),
    (["a", "b", "a"], "steps", "'a' comes twice"),
    ([f"s{i}" for i in range(limits.STEPS_MAX + 1)], "steps", f"at most {limits.STEPS_MAX}"),
    ([("a", 0, 10), "b"], "steps", "either all steps have a range or none"),
    ([("a", 50, 60), ("b", 10, 20)], "steps", "ascending"),
]


@pytest.mark.parametrize(("steps", "field", "reason"), WRONG, ids=[f"{row[1]} {row[2]}" for row in WRONG])
def test_a_wrong_plan_is_refused_with_its_field_and_reason(steps: Any, field: str, reason: str) -> None:
    with pytest.raises(InvalidReport) as caught:
        parse_plan(steps)
    assert caught.value.field == field
    assert reason in caught.value.reason


def test_a_refusal_is_short_and_can_be_written_whatever_was_sent() -> None:
    with pytest.raises(InvalidReport) as caught:
        parse_steps([{"name": "a", "\ud800" + "x" * 10_000: 1}])
    assert len(str(caught.value).encode()) < 500


@given(st.lists(st.tuples(st.uuids().map(str), weights), min_size=1, max_size=30, unique_by=lambda pair: pair[0]))
def test_weights_divide_the_whole_in_their_order(steps: list[tuple[str, float]]) -> None:
    placed = list(spread(parse_steps(steps), Mode.WEIGHTS).values())
    whole = sum(weight for _, weight in steps)
    assert [step.position for step in placed] == list(range(1, len(steps) + 1))
    assert placed[0].low == pytest.approx(0.0, abs=1e-9)
    assert placed[-1].high == pytest.approx(100.0)
    for step, (_, weight) in zip(placed, steps, strict=True):
        assert math.isclose(step.high - step.low, 100 * weight / whole, rel_tol=1e-6, abs_tol=1e-9)


def test_ranges_stay_as_they_were_declared() -> None:
    placed = spread(parse_steps([("scan", 0, 30), ("load", 30, 30), ("store", 50, 100)]), Mode.RANGES)
    assert [(step.low, step.high) for step in placed.values()] == [(0, 30), (30, 30), (50, 100)]
