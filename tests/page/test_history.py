"""Owns the proof that the page's history has each entry once, knows its holes, and keeps attempts apart."""

from __future__ import annotations

from typing import Any

from headway.core import commands as c
from headway.core.plan import parse_plan
from tests.page.lives import born, lived
from tests.page.modules import Modules

ATTEMPTS = """({ History }, events) => {
    const history = new History();
    history.add(events);
    return history.attempts();
}"""


def entries(*commands: c.Command) -> list[dict[str, Any]]:
    job, first = born(parse_plan(["scan", "load"]))
    _, more = lived(job, commands)
    return [content for kind, content in first + more if kind == "event"]


def attempts(modules: Modules, *commands: c.Command) -> list[dict[str, Any]]:
    return list(modules.run("app/history.js", ATTEMPTS, entries(*commands)))


def test_an_entry_is_kept_once(modules: Modules) -> None:
    script = """({ History }, events) => {
        const history = new History();
        return [history.add(events), history.add(events), history.size];
    }"""
    assert modules.run("app/history.js", script, entries(c.Attach(), c.Succeed())) == [True, False, 5]


def test_a_hole_is_asked_for_from_its_beginning(modules: Modules) -> None:
    script = """({ History }, seqs, newest) => {
        const history = new History();
        const first = history.hole(newest);
        history.add(seqs.map((seq) => ({ seq })));
        return [first, history.hole(newest)];
    }"""
    assert modules.run("app/history.js", script, [1, 2, 5], 5) == [0, 2]
    assert modules.run("app/history.js", script, [1, 2, 3], 3) == [0, None]
    assert modules.run("app/history.js", script, list(range(151, 251)), 250) == [150, None]


def test_a_long_history_is_bounded_and_says_where_it_begins(modules: Modules) -> None:
    script = """({ History }) => {
        const history = new History();
        history.hole(1);
        for (let seq = 1; seq <= 2500; seq++) history.add([{ seq }]);
        return [history.size, history.start, history.hole(2500)];
    }"""
    assert modules.run("app/history.js", script) == [2000, 500, None]


def test_attempts_stand_apart_newest_first(modules: Modules) -> None:
    again = attempts(modules, c.Attach(), c.StartStep(step="scan"), c.Fail(error="disk full"), c.Retry(), c.Attach())
    assert [(one["number"], one["outcome"]) for one in again] == [(2, "running"), (1, "failed")]
    assert [event["type"] for event in again[1]["events"]] == [
        "retry_requested",
        "failed",
        "step_failed",
        "step_started",
        "started",
        "created",
    ]


def test_an_attempt_tells_how_far_it_came(modules: Modules) -> None:
    work = (c.Attach(), c.StartStep(step="scan"), c.Update(current=4, total=10))
    [_, first] = attempts(modules, *work, c.Wait(reason="retry", error="reset"), c.Attach())
    assert (first["outcome"], first["percent"]) == ("retry_scheduled", 20)


def test_an_attempt_that_was_taken_over_has_ended(modules: Modules) -> None:
    [second, first] = attempts(modules, c.Attach(), c.Attach(takeover=True))
    assert (first["outcome"], first["ended_at"]) == ("superseded", second["started_at"])


def test_a_job_that_never_started_has_one_attempt_to_show(modules: Modules) -> None:
    [only] = attempts(modules, c.RequestCancel())
    assert (only["number"], only["started_at"], only["outcome"]) == (1, None, "cancelled")
