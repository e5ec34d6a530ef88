"""Owns a server whose transactions are all this room's own, so that what a reader may claim is known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headway.stores.postgres.store import PostgresStore

if TYPE_CHECKING:
    from tests.postgres.cluster import Cluster
    from tests.postgres.databases import Databases
    from tests.postgres.shared import PrivateCluster

ALONE = {"autovacuum": "off", "max_prepared_transactions": "10"}


@pytest.fixture(scope="module")
def quiet_server(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    """Nothing runs there but what a test begins."""
    with private_cluster(settings=ALONE) as server:
        yield server


@pytest.fixture(scope="module")
def quiet_databases(quiet_server: Cluster) -> Iterator[Databases]:
    from tests.postgres.databases import Databases

    with closing(Databases(quiet_server)) as databases:
        yield databases


@pytest.fixture
def quiet(quiet_databases: Databases) -> Iterator[PostgresStore]:
    """A store on a server of its own."""
    with quiet_databases.fresh(template=quiet_databases.template()) as url, closing(PostgresStore(url)) as store:
        yield store
