"""Owns what every room's tests may ask for: the PostgreSQL that they bring along, a clock, and a campaign's scale."""

from tests.clock import clock
from tests.postgres.fixtures import (
    database,
    databases,
    empty_database,
    pooler,
    postgres,
    postgres_session,
    private_cluster,
)
from tests.scale import pytest_collection_modifyitems, pytest_configure, scale

__all__ = [
    "clock",
    "database",
    "databases",
    "empty_database",
    "pooler",
    "postgres",
    "postgres_session",
    "private_cluster",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "scale",
]
