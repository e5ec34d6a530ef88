"""Owns what every room's tests may ask for: a PostgreSQL that they bring along."""

from tests.postgres.fixtures import (
    database,
    databases,
    empty_database,
    pooler,
    postgres,
    postgres_session,
    private_cluster,
)

__all__ = ["database", "databases", "empty_database", "pooler", "postgres", "postgres_session", "private_cluster"]
