"""Owns the proof that the functions in the database decide as the core does, whatever came before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.job import Job
from headway.core.plan import Plan, parse_plan
from headway.stores.postgres.store import PostgresStore
from tests.conformance.lives import Lives
from tests.conformance.meaning import Complete, Error, Update
from tests.conformance.psql import Psql
from tests.core import reports
from tests.postgres.databases import Databases

PRESENT = 0  # attempts are told as so many before the present one; None: not told

attempts = st.sampled_from([None, None, None, PRESENT, PRESENT, 1, -1])
messages = st.none() | st.just("half way") | st.sampled_from(["it's | 3 \\ é\n🎉", "x" * 2000, "x" * 2001])
places = st.sampled_from([*range(8), None])  # of the step that is meant, round and round; None: one that there is not
counts = st.tuples(*[st.none() | st.sampled_from([-1, 0, 1, 7, 12, 1000, 2**31 - 1])] * 2)
numbered = st.sampled_from([None, 0, 1])  # whether the step's number is told, and from where it is counted

updates = st.tuples(st.just(Update), places, numbered, counts, messages, attempts)
completes = st.tuples(st.just(Complete), messages, attempts)
errors = st.tuples(st.just(Error), st.none() | st.sampled_from(["disk full", "", "x" * 4000, "x" * 4001]), attempts)
starts = st.tuples(st.just(c.StartStep), places)  # beside the others, as parallel workers do
counting = st.tuples(st.just(c.Update), places, st.integers(0, 9), st.just(9))
settling = st.tuples(st.sampled_from([c.FinishStep, c.SkipStep]), places)
elsewhere = st.tuples(reports.reports | reports.asked)
again = st.just((c.Retry(), c.Attach()))
taken_over = st.just((c.Attach(takeover=True),))

# As often as they come here: `one_of` would take each of the core's commands for one more alternative.
KINDS = [*[updates] * 9, *[counting] * 3, starts, settling, elsewhere, completes, errors, *[again] * 3, taken_over]


@st.composite
def lives_led(draw: st.DrawFn) -> list[Any]:
    """What happens to a job, in order."""
    return [draw(kind) for kind in draw(st.lists(st.sampled_from(KINDS), min_size=8, max_size=16))]


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    with databases.fresh(template=databases.template()) as url:
        yield url


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(url)
    yield store
    store.close()


@pytest.fixture(scope="module")
def psql(url: str) -> Iterator[Psql]:
    with Psql(url) as psql:
        yield psql


@given(plan=reports.plans, moves=lives_led())
def test_a_job_reported_by_psql_is_the_job_that_the_core_makes(
    store: PostgresStore, psql: Psql, plan: Plan, moves: list[Any]
) -> None:
    lives = Lives(store, psql, plan)
    for move in moves:
        job = lives.twin.job
        match move:
            case (kind, place, numbered, counts, message, ago) if kind is Update:
                said = _numbers(job, place, numbered, counts)
                lives.report(Update(_name(job, place), *said, message, _attempt(job, ago)))
            case (kind, text, ago) if kind in (Complete, Error):
                lives.report(kind(text, _attempt(job, ago)))
            case (kind, place, *rest) if isinstance(kind, type):
                lives.tell(kind(_name(job, place) or "none", *rest))
            case commands:
                lives.tell(*commands)
    lives.tell_the_same()


def _name(job: Job, place: int | None) -> str | None:
    """The name of a step; None where there is none to be named."""
    if place is None:
        return "nowhere"
    return list(job.steps)[place % len(job.steps)] if job.steps else None


def _numbers(job: Job, place: int | None, numbered: int | None, counts: Any) -> tuple[int | None, int | None]:
    """What fits the plan, where there is one: what does not is refused in SQL only."""
    if place is None or not job.steps:
        return counts  # type: ignore[no-any-return]  # as drawn
    if numbered is None:
        return None, None
    return place % len(job.steps) + numbered, len(job.steps)


def _attempt(job: Job, ago: int | None) -> int | None:
    return None if ago is None else max(1, job.attempt - ago)


def test_a_skipped_range_is_passed_only_when_the_percent_touches_it(store: PostgresStore, psql: Psql) -> None:
    lives = Lives(store, psql, parse_plan([("read", 0, 20), ("write", 50, 60), ("check", 90, 100)]))
    lives.report(Update("read", 1, 3, None))
    lives.tell(c.SkipStep(step="check"))
    lives.report(Update("write", 2, 3, None))
    assert lives.twin.job.permille == 500
    lives.tell_the_same()


def test_a_stage_ends_all_that_run_with_what_they_had_counted(store: PostgresStore, psql: Psql) -> None:
    lives = Lives(store, psql, parse_plan(["read", ("write", 8), "check"]))
    lives.report(Update("read", 1, 3, "both at once"))
    lives.tell(c.StartStep(step="write"), c.Update(step="read", current=3, total=10), c.Update(current=1, total=3))
    lives.report(Update("check", 3, 3, "and now"))
    assert [step.current for step in lives.twin.job.steps.values()] == [3, 1, 0]
    lives.tell_the_same()


def test_a_stage_that_is_entered_again_is_counted_once_and_a_failure_keeps_the_percent(
    store: PostgresStore, psql: Psql
) -> None:
    lives = Lives(store, psql, parse_plan(["read", ("write", 8), "check"]))
    for stage in ("read", "write", "read"):
        lives.report(Update(stage, None, None, None))
    assert (lives.twin.job.current, lives.twin.job.permille) == (1, 900)
    lives.report(Update("check", None, None, None))
    lives.report(Error("x" * 2001))
    assert (lives.twin.job.current, lives.twin.job.permille) == (3, 900)
    lives.tell_the_same()
