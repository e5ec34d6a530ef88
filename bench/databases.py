"""Owns the PostgreSQL of a measurement: a server on a disk, as durable as in production, and fresh databases on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from headway.stores.postgres.migrations import migrate
from tests.postgres.cluster import Cluster
from tests.postgres.shared import private_cluster

ON_DISK = Path("/var/tmp")  # /tmp and the tests' own place may be RAM, and a socket's path must be short
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}  # a checkpoint would hit whoever is measured just then


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A server of this run alone: what it says is stored is on the disk."""
    with private_cluster(durable=True, settings=SETTINGS, within=ON_DISK) as server:
        yield server


def empty_database(server: Cluster, name: str) -> str:
    """The URL of a new database without anything in it; one of that name goes."""
    server.drop_database(name)
    server.create_database(name)
    return server.url(name)


def fresh_store(server: Cluster, name: str) -> str:
    """The URL of a new database with Headway's schema."""
    url = empty_database(server, name)
    migrate(url)
    return url
