"""Owns the proof that the functions in the database decide as the core does, whatever came before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.core import commands as c
from headway.core.plan import Plan
from headway.stores.postgres.store import PostgresStore
from tests.conformance.lives import Lives
from tests.conformance.meaning import Complete, Error, Update
from tests.conformance.psql import Psql
from tests.core import reports
from tests.postgres.databases import Databases

attempts = st.sampled_from([None, None, None, None, 1, 2, 3])
messages = st.none() | reports.messages | st.sampled_from(["it's | 3 \\ é\n🎉", "x" * 2001])
numbers = st.sampled_from([0, 1, -1, None])  # added to the number of the step; None: not told


@st.composite
def stages(draw: st.DrawFn) -> tuple[str | None, int | None, int | None, int | None]:
    """A name, how far its number is off, and numbers for a job that has no steps."""
    counts = st.none() | st.sampled_from([-1, 0, 1, 7, 12, 1000, 2**31 - 1])
    return draw(reports.names | st.none()), draw(numbers), draw(counts), draw(counts)


updates = st.tuples(stages(), messages, attempts)
completes = st.builds(Complete, messages, attempts)
errors = st.builds(Error, st.none() | st.sampled_from(["", "disk full", "x" * 4000, "x" * 4001]), attempts)
foreign = reports.starts | reports.progress | reports.settling | reports.words | reports.pauses | reports.asked
moves = st.lists(updates | updates | updates | foreign | foreign | completes | errors, min_size=1, max_size=8)


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


@given(plan=reports.plans, moves=moves)
def test_a_job_reported_by_psql_is_the_job_that_the_core_makes(
    store: PostgresStore, psql: Psql, plan: Plan, moves: list[Any]
) -> None:
    lives = Lives(store, psql, plan)
    for move in moves:
        if isinstance(move, Complete | Error):
            lives.report(move)
        elif isinstance(move, c.Command):
            lives.tell(move)
        else:
            lives.report(_update(lives, *move))


def _update(lives: Lives, stage: Any, message: str | None, attempt: int | None) -> Update:
    """Told with numbers that fit the plan, where there is one: what does not fit is refused in SQL only."""
    name, off, current, total = stage
    steps = lives.twin.job.steps
    if name in steps:
        number = None if off is None else steps[name].position - (off == -1)
        return Update(name, number, None if off is None else len(steps), message, attempt)
    if current is not None and total is not None and steps:
        current = min(current, total)
    return Update(name, current, total, message, attempt)
