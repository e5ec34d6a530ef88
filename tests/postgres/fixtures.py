"""Owns the fixtures that give tests a PostgreSQL; what they need is loaded by the first test that wants one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.postgres.databases import Databases
    from tests.postgres.pooler import Pooler
    from tests.postgres.server import Server
    from tests.postgres.shared import PrivateCluster

__all__ = ["database", "databases", "empty_database", "pooler", "postgres", "postgres_session", "private_cluster"]


@pytest.fixture(scope="session")
def postgres_session() -> str:
    """What the workers of one run have in common."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex


@pytest.fixture(scope="session")
def postgres(postgres_session: str) -> Iterator[Server]:
    """The session's server, shared by all its workers: never stop or pause this one."""
    from tests.postgres.shared import server_of

    with server_of(postgres_session) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: Server) -> Iterator[Databases]:
    """Where fresh databases come from; tests that need several at a time ask here: `with databases.fresh() as url`."""
    from tests.postgres.databases import Databases

    databases = Databases(postgres)
    databases.reap()
    yield databases
    databases.close()


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The URL of a fresh database with Headway's schema."""
    with databases.fresh(template=databases.template()) as url:
        yield url


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The URL of a fresh database without anything in it."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def pooler(database: str) -> Iterator[Pooler]:
    """A pgbouncer in transaction mode before this test's database."""
    from tests.postgres.pooler import pooling

    with pooling(database) as pooler:
        yield pooler


@pytest.fixture(scope="session")
def private_cluster() -> PrivateCluster:
    """Makes servers of the test's own, to restart, kill, pause and fill."""
    from tests.postgres.shared import private_cluster

    return private_cluster
