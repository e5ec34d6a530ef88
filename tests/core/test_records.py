"""Owns the promises about records: immutable, compared by value, and wrong fields are named."""

from __future__ import annotations

from typing import Any

import pytest

from headway.core.job import Facts, Step
from headway.core.record import changed

STEP = Step(name="scan", position=1)


def test_a_record_has_its_fields_and_the_rest_by_default() -> None:
    assert (STEP.name, STEP.position, STEP.group, STEP.total) == ("scan", 1, "main", None)
    assert repr(STEP).startswith("Step(name='scan', position=1, group='main',")


def test_records_are_equal_by_kind_and_value() -> None:
    assert Step(name="scan", position=1) == STEP
    assert Step(name="scan", position=2) != STEP
    assert Facts(id="a", kind="b", created_at=1) != STEP
    with pytest.raises(TypeError):
        hash(STEP)


def test_a_record_cannot_be_changed_but_copied_with_changes() -> None:
    with pytest.raises(AttributeError, match="Step is immutable"):
        STEP.position = 2  # type: ignore[misc]  # what a careless caller tries
    moved = changed(STEP, {"position": 2})
    assert (moved.position, moved.name, STEP.position) == (2, "scan", 1)


@pytest.mark.parametrize("values", [{"name": "scan"}, {"name": "scan", "position": 1, "colour": "red"}, {}])
def test_a_missing_or_unknown_field_is_named(values: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Step has other fields: look at (position|colour|name, position)"):
        Step(**values)
