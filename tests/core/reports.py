"""Owns the strategies that draw plans and commands: each right in itself, and often wrong for the moment."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.plan import Plan, StepSpec, parse_plan, parse_steps
from tests.core.jobs import NOW

names = st.sampled_from(["scan", "load", "store", "é 5"])
times = st.sampled_from([None, None, None, NOW - 1000, NOW + 1000])
counts = st.integers(0, 12) | st.sampled_from([0, 1, 999, 1000, 2**53 - 1])
messages = st.sampled_from([0, 1, 9, 2000]).map("x".__mul__)
errors = st.sampled_from([9, 4000]).map("x".__mul__)
documents = st.none() | st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=2)
weights = st.sampled_from([1, 2, 8, 0.1, 1 / 3, 1e-6, 1e6])
groups = st.sampled_from(["main", "uploads"])


@st.composite
def weighted(draw: st.DrawFn) -> tuple[StepSpec, ...]:
    """Steps by weight, in groups."""
    chosen = draw(st.lists(names, max_size=4, unique=True))
    return parse_steps([{"name": name, "weight": draw(weights), "group": draw(groups)} for name in chosen])


@st.composite
def ranged(draw: st.DrawFn) -> tuple[StepSpec, ...]:
    """Steps by ranges in ascending order; they may touch, overlap, be empty or leave gaps."""
    chosen = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    lows = sorted(draw(st.lists(st.integers(0, 100), min_size=len(chosen), max_size=len(chosen))))
    return parse_steps([(name, low, draw(st.integers(low, 100))) for name, low in zip(chosen, lows, strict=True)])


plans: st.SearchStrategy[Plan] = st.builds(
    parse_plan, weighted() | weighted() | ranged(), open=st.sampled_from([True, True, False, None])
)


def _command(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **fields, at=times)


starts = _command(c.StartStep, step=names, message=st.none() | messages, detail=documents)
progress = _command(c.Advance, delta=counts, step=st.none() | names) | _command(
    c.Update,
    step=st.none() | names,
    current=st.none() | counts,
    total=st.none() | counts,
    unit=st.none() | st.just("files"),
    message=st.none() | messages,
)
settling = st.one_of(
    _command(c.FinishStep, step=names, message=st.none() | messages, detail=documents),
    _command(c.FailStep, step=names, error=errors, detail=documents),
    _command(c.SkipStep, step=names, message=st.none() | messages, detail=documents),
)
words = _command(c.AddSteps, steps=weighted() | ranged()) | _command(c.Note, message=messages, detail=documents)
pauses = _command(
    c.Wait,
    reason=st.sampled_from(["retry", "child", "input", "schedule"]),
    until=times,
    keep_steps=st.booleans(),
    error=st.none() | errors,
)
ends = st.one_of(
    _command(c.Succeed, result=documents),
    _command(c.Fail, error=errors, reason=st.sampled_from(["error", "timeout"]), detail=documents),
    _command(c.Cancel),
)
reports: st.SearchStrategy[c.Report] = starts | progress | settling | words | pauses | ends
asked: st.SearchStrategy[c.Command] = st.one_of(
    _command(c.Attach, takeover=st.booleans()),
    _command(c.RequestCancel),
    _command(c.Retry, keep_steps=st.booleans()),
    _command(c.Lose),
    _command(c.Find),
    _command(c.GiveUp, reason=st.sampled_from(["timeout", "lost", "expired"]), error=errors),
    _command(c.RollUp, step=names, current=counts, total=counts, permille=counts),
    _command(c.RecordRefusal, attempt=st.integers(0, 3), producer=st.just("w1")),
)
