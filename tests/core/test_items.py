"""Owns the promises about report items: each becomes its command and comes back as it was, nothing else passes."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given

from headway.core import commands as c
from headway.core.errors import InvalidReport
from headway.core.items import item_wire, parse_item
from headway.core.plan import parse_steps
from tests.core import reports

AT = "2026-11-22T06:35:52Z"
MICROSECONDS = 1_795_329_352_000_000

ITEMS: list[tuple[dict[str, Any], c.Report]] = [
    ({"type": "start_step", "step": "scan"}, c.StartStep(step="scan")),
    ({"type": "advance", "delta": 3}, c.Advance(delta=3)),
    ({"type": "advance", "step": "scan", "delta": 3}, c.Advance(step="scan", delta=3)),
    (
        {"type": "update", "step": "scan", "current": 1, "total": 2, "unit": "files", "message": "one"},
        c.Update(step="scan", current=1, total=2, unit="files", message="one"),
    ),
    ({"type": "update"}, c.Update()),
    ({"type": "finish_step", "step": "scan", "message": "ten"}, c.FinishStep(step="scan", message="ten")),
    ({"type": "fail_step", "step": "scan", "error": "x"}, c.FailStep(step="scan", error="x")),
    ({"type": "skip_step", "step": "scan"}, c.SkipStep(step="scan")),
    ({"type": "add_steps", "steps": ["tidy", ["up", 2]]}, c.AddSteps(steps=parse_steps(["tidy", ("up", 2)]))),
    ({"type": "note", "message": "x", "detail": {"n": 1}}, c.Note(message="x", detail={"n": 1})),
    ({"type": "wait", "reason": "schedule", "until": AT}, c.Wait(reason="schedule", until=MICROSECONDS)),
    ({"type": "succeed", "result": {"pages": 3}}, c.Succeed(result={"pages": 3})),
    ({"type": "succeed"}, c.Succeed()),
    ({"type": "fail", "error": "x", "reason": "timeout"}, c.Fail(error="x", reason="timeout")),
    ({"type": "cancelled", "at": AT}, c.Cancel(at=MICROSECONDS)),
]


@pytest.mark.parametrize(("item", "command"), ITEMS, ids=[str(item) for item, _ in ITEMS])
def test_an_item_is_a_command(item: dict[str, Any], command: c.Report) -> None:
    assert parse_item(item) == command
    assert type(parse_item(item)) is type(command)
    assert parse_item(item | {"at": AT}) == command._replace(at=MICROSECONDS)


@given(reports.reports)
def test_every_report_comes_back_from_its_item(command: c.Report) -> None:
    item = json.loads(json.dumps(item_wire(command)))
    assert parse_item(item) == command
    assert type(parse_item(item)) is type(command)


def test_every_report_has_an_item() -> None:
    assert {type(command) for _, command in ITEMS} == set(get_args(c.Report))


@pytest.mark.parametrize(
    ("item", "field", "reason"),
    [
        (None, "items", "must be objects, not NoneType"),
        ([], "items", "must be objects, not list"),
        ({}, "type", "must be one of start_step, advance,"),
        ({"type": "begin"}, "type", "not 'begin'"),
        ({"type": ["advance"]}, "type", "not ['advance']"),
        ({"type": 10**5000}, "type", "must be one of"),
        ({"type": "advance"}, "delta", "is needed for advance"),
        ({"type": "start_step", "step": None}, "step", "is needed for start_step"),
        ({"type": "start_step", "step": 7}, "step", "must be text, not int"),
        ({"type": "add_steps", "steps": "tidy"}, "steps", "must be a list"),
        ({"type": "add_steps", "steps": [{"name": "a", "b": 1}]}, "steps[0].b", "not a field"),
        ({"type": "note", "message": "x", "at": "now"}, "at", "must be an RFC 3339 time"),
        ({"type": "note", "message": "x", "at": 1_795_329_352}, "at", "must be an RFC 3339 time"),
        ({"type": "wait", "reason": "retry", "keep_steps": "no"}, "keep_steps", "must be true or false"),
        ({"type": "advance", "delta": 1, "x" * 200: 1}, "x" * 99 + "…", "is not a field of advance"),
        ({"type": "advance", "delta": 1, 7: 1}, "7", "is not a field of advance"),
    ],
    ids=range(16),
)
def test_a_wrong_item_is_refused_with_its_field_and_reason(item: object, field: str, reason: str) -> None:
    with pytest.raises(InvalidReport) as caught:
        parse_item(item)
    assert caught.value.field == field
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    "field", ["seq", "version", "attempt", "tenant", "recorded_at", "updated_at", "status", "percent", "permille"]
)
@pytest.mark.parametrize("item", [item for item, _ in ITEMS], ids=[str(item["type"]) for item, _ in ITEMS])
def test_what_belongs_to_the_server_is_refused(item: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidReport) as caught:
        parse_item(item | {field: 1})
    assert (caught.value.field, caught.value.reason) == (field, f"is not a field of {item['type']}")
