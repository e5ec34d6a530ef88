"""Report items as JSON: what workers send over HTTP and keep on disk while the store is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headway.core import commands as c
from headway.core import limits
from headway.core.errors import InvalidReport
from headway.core.instant import from_text, to_text
from headway.core.plan import StepSpec, parse_steps

_TYPES: dict[str, type[c.Report]] = {
    "start_step": c.StartStep,
    "advance": c.Advance,
    "update": c.Update,
    "finish_step": c.FinishStep,
    "fail_step": c.FailStep,
    "skip_step": c.SkipStep,
    "add_steps": c.AddSteps,
    "note": c.Note,
    "wait": c.Wait,
    "succeed": c.Succeed,
    "fail": c.Fail,
    "cancelled": c.Cancel,
}
_NAMES = {command: name for name, command in _TYPES.items()}
_REQUIRED = {
    "start_step": ("step",),
    "advance": ("delta",),
    "finish_step": ("step",),
    "fail_step": ("step", "error"),
    "skip_step": ("step",),
    "add_steps": ("steps",),
    "note": ("message",),
    "wait": ("reason",),
    "fail": ("error",),
}
_TIMES = ("at", "until")
_TEXTS = ("step", "message", "error", "reason", "unit")


def parse_item(item: object) -> c.Report:
    """A command from `{"type": "advance", "delta": 3}`. InvalidReport names the field that is wrong."""
    if not isinstance(item, Mapping):
        raise InvalidReport("items", f"must be objects, not {type(item).__name__}")
    values = dict(item)
    name = values.pop("type", None)
    command = _TYPES.get(name) if isinstance(name, str) else None
    if not isinstance(name, str) or command is None:
        raise InvalidReport("type", f"must be one of {', '.join(_TYPES)}, not {limits.shown(name)}")
    if unknown := set(values) - set(command._fields):
        raise InvalidReport(limits.captured(min(map(str, unknown)), limits.NAME_MAX), f"is not a field of {name}")
    for field in _REQUIRED.get(name, ()):
        if values.get(field) is None:
            raise InvalidReport(field, f"is needed for {name}")
    return command(**{key: _parsed(key, value) for key, value in values.items() if value is not None})


def item_wire(command: c.Report) -> dict[str, Any]:
    """The item that `parse_item` reads back."""
    values = {name: getattr(command, name) for name in command._fields}
    shown = {key: _WIRE.get(key, _same)(value) for key, value in values.items() if value is not None}
    return {"type": _NAMES[type(command)], **shown}


def step_spec_wire(spec: StepSpec) -> dict[str, Any]:
    """The declaration that `parse_steps` reads back."""
    bounds = {} if spec.low is None else {"low": spec.low, "high": spec.high}
    return {"name": spec.name, "weight": spec.weight, "group": spec.group, **bounds}


def _parsed(key: str, value: Any) -> Any:
    if key in _TIMES:
        return from_text(key, value)
    if key in _TEXTS and not isinstance(value, str):
        raise InvalidReport(key, f"must be text, not {type(value).__name__}")
    if key == "keep_steps" and not isinstance(value, bool):
        raise InvalidReport(key, "must be true or false")
    return parse_steps(value) if key == "steps" else value


def _same(value: Any) -> Any:
    return value


def _specs_wire(specs: tuple[StepSpec, ...]) -> list[dict[str, Any]]:
    return [step_spec_wire(spec) for spec in specs]


_WIRE: dict[str, Callable[[Any], Any]] = {"at": to_text, "until": to_text, "steps": _specs_wire}
