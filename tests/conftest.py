"""Owns what every room's tests may ask for: a PostgreSQL that they bring along, and the scale of a campaign."""

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
