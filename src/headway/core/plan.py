"""The plan of a job: which steps it declares, and how they share the percent."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headway.core import limits
from headway.core.errors import InvalidReport
from headway.core.job import Mode, Step, StepStatus
from headway.core.percent import fraction_left
from headway.core.record import Record, changed

WEIGHT_MIN = 1e-9  # below, dividing by the sum of the weights would overflow
WEIGHT_MAX = 1e9
_NUMBER_MAX = sys.float_info.max  # NaN and infinities are not within it, nor whole numbers that no float can hold


class StepSpec(Record):
    """A step as it is declared: by weight, or by its own range of the percent."""

    name: str
    weight: float = 1.0
    low: float | None = None
    high: float | None = None
    group: str = "main"


class Plan(Record):
    """Declared steps in order. `open`: whether more may be added while the job runs."""

    steps: tuple[StepSpec, ...] = ()
    open: bool = True

    @property
    def mode(self) -> Mode:
        return Mode.RANGES if self.steps and self.steps[0].low is not None else Mode.WEIGHTS


def parse_plan(steps: Sequence[Any] | None = None, *, open: bool | None = None) -> Plan:
    """A plan from `["scan", ("extract", 8), ("store", 80, 95), {"name": …, "group": …}]`.

    A pair is name and weight, a triple name and percent range. Declared steps close the plan unless `open` says else.
    """
    specs = parse_steps(steps or ())
    _agree(specs)
    return Plan(steps=specs, open=not specs if open is None else open)


def parse_steps(steps: Iterable[Any]) -> tuple[StepSpec, ...]:
    """Step declarations in any of their forms; names must be unique."""
    if isinstance(steps, str | bytes | Mapping) or not isinstance(steps, Iterable):
        raise InvalidReport("steps", "must be a list of steps")
    specs = tuple(_spec(f"steps[{i}]", entry) for i, entry in enumerate(steps))
    if len(specs) > limits.STEPS_MAX:
        raise InvalidReport("steps", f"must be at most {limits.STEPS_MAX}")
    seen: set[str] = set()
    for spec in specs:
        if spec.name in seen:
            raise InvalidReport("steps", f"names must be unique, {spec.name!r} comes twice")
        seen.add(spec.name)
    return specs


def spread(specs: Sequence[StepSpec], mode: Mode) -> dict[str, Step]:
    """Fresh steps with their bounds: what the job starts from."""
    steps = {spec.name: _fresh(spec, position) for position, spec in enumerate(specs, 1)}
    return steps if mode is Mode.RANGES else divided(steps, 0.0)


def extended(steps: Mapping[str, Step], specs: Sequence[StepSpec], mode: Mode, shown: float) -> dict[str, Step]:
    """The steps with more at the end: the shown percent holds and what remains is divided anew."""
    grown = dict(steps)
    for position, spec in enumerate(specs, len(steps) + 1):
        if (spec.low is None) == (mode is Mode.RANGES):
            need = "a range, as the others of this plan" if mode is Mode.RANGES else "a weight, not a range"
            raise InvalidReport("steps", f"{spec.name!r} needs {need}")
        grown[spec.name] = _fresh(spec, position)
    return grown if mode is Mode.RANGES else divided(grown, shown)


def divided(steps: Mapping[str, Step], shown: float) -> dict[str, Step]:
    """Divides what remains above `shown` (0 to 100) among what the unsettled steps have left, by weight.

    Each bound is placed so that `low + (high - low) * fraction` passes through the present point.
    """
    left = {name: step.weight * fraction_left(step) for name, step in steps.items()}
    whole = math.fsum(left.values())
    unit = (100.0 - shown) / whole if whole else 0.0
    placed, edge = dict(steps), shown
    for name, step in steps.items():
        if step.settled:
            continue
        high = edge + unit * left[name]
        placed[name] = changed(step, {"low": high - unit * step.weight, "high": high})
        edge = high
    return placed


def reset(steps: Mapping[str, Step], mode: Mode, *, keep: bool) -> dict[str, Step]:
    """The steps for a new attempt: pending again, but for those that succeeded and are kept.

    A skipped step is not kept: it may have been skipped only because the job was cancelled.
    """
    again = {name: step if keep and _succeeded(step) else changed(step, _BLANK) for name, step in steps.items()}
    if mode is Mode.RANGES:
        return again
    weight = math.fsum(step.weight for step in again.values())
    done = math.fsum(step.weight for step in again.values() if step.settled)
    return divided(again, 100.0 * done / weight if weight else 0.0)


_BLANK: Mapping[str, Any] = {
    "status": StepStatus.PENDING,
    "current": 0,
    "total": None,
    "permille": None,
    "message": None,
    "error": None,
    "started_at": None,
    "finished_at": None,
}


def _succeeded(step: Step) -> bool:
    return step.status is StepStatus.SUCCEEDED


def _fresh(spec: StepSpec, position: int) -> Step:
    low, high = spec.low or 0.0, spec.high or 0.0
    return Step(name=spec.name, position=position, group=spec.group, weight=spec.weight, low=low, high=high)


def _spec(field: str, entry: Any) -> StepSpec:
    match entry:
        case StepSpec():
            return _spec(field, {k: v for k, v in vars(entry).items() if v is not None})
        case str():
            return StepSpec(name=limits.name(field, entry))
        case (name, weight):
            return _spec(field, {"name": name, "weight": weight})
        case (name, low, high):
            return _spec(field, {"name": name, "low": low, "high": high})
        case Mapping():
            return _from_mapping(field, dict(entry))
        case _:
            raise InvalidReport(field, "must be a name, (name, weight), (name, low, high) or an object with a name")


def _from_mapping(field: str, entry: dict[str, Any]) -> StepSpec:
    if unknown := set(entry) - {"name", "weight", "low", "high", "group"}:
        key = limits.captured(min(map(str, unknown)), limits.NAME_MAX)
        raise InvalidReport(f"{field}.{key}", "is not a field of a step")
    if ("low" in entry) != ("high" in entry):
        raise InvalidReport(field, "needs both low and high, or neither")
    bounds = {key: _number(f"{field}.{key}", entry[key]) for key in ("low", "high") if key in entry}
    if bounds and not 0 <= bounds["low"] <= bounds["high"] <= 100:
        raise InvalidReport(field, "needs 0 <= low <= high <= 100")
    weight = _number(f"{field}.weight", entry.get("weight", 1.0))
    if not WEIGHT_MIN <= weight <= WEIGHT_MAX:
        raise InvalidReport(f"{field}.weight", f"must be from {WEIGHT_MIN:g} to {WEIGHT_MAX:g}, got {weight:g}")
    group = limits.name(f"{field}.group", entry.get("group", "main"))
    return StepSpec(name=limits.name(f"{field}.name", entry.get("name")), weight=weight, group=group, **bounds)


def _number(field: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _NUMBER_MAX:
        return float(value)
    raise InvalidReport(field, f"must be a finite number, not {limits.shown(value)}")


def _agree(specs: Sequence[StepSpec]) -> None:
    ranged = [spec for spec in specs if spec.low is not None]
    if ranged and len(ranged) < len(specs):
        raise InvalidReport("steps", "either all steps have a range or none has")
    lows = [spec.low or 0.0 for spec in ranged]
    if lows != sorted(lows):
        raise InvalidReport("steps", "ranges must come in ascending order")
