"""Owns what tests of streams share: the stores that they are held against, and what their readers know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from headway.stores.address import open_store
from headway.stores.protocol import Filter, Store
from tests.board import Board
from tests.hub.conftest import Client, Works


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Where positions leave none out, and where each transaction has many."""
    with ExitStack() as resources:
        url = "memory:"
        if request.param == "postgres":
            databases = request.getfixturevalue("quiet_databases")
            url = resources.enter_context(databases.fresh(template=databases.template()))
        yield resources.enter_context(closing(open_store(url)))


def one(job_id: str) -> Filter:
    return Filter(jobs=frozenset({job_id}))


def board(*clients: Client) -> Board:
    """What somebody knows who has read all of these, one after the other."""
    known = Board()
    for client in clients:
        for message in client.got:
            known.apply(message.event, message.data)
    return known


def knows(client: Client, works: Works, jobs: list[str]) -> bool:
    """Whether a client has all of these jobs as the store has them."""
    return not any(board(client).lacks(works.state(job)) for job in jobs)


def history(works: Works, *job_ids: str) -> list[tuple[str, int]]:
    return [(job_id, event.seq) for job_id in job_ids for event in works.store.history(job_id, limit=10_000)]
