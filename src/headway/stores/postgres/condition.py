"""How a database and its server are doing, asked without opening the store and without changing anything."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from headway.stores.postgres.address import Address
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.migrations import connected, found_version, known
from headway.stores.postgres.rows import rows, value


class Condition(NamedTuple):
    """`connected` of `most` connections; `clock`: the server's, microseconds since 1970.

    `survives_crashes`: fsync and full_page_writes are on. `idle_slots`: replication slots that nobody reads.
    `sees_all`: whether the role sees the transactions of others.
    """

    version: str
    role: str
    synchronous_commit: str
    survives_crashes: bool
    most: int
    connected: int
    read_only: bool
    standbys: int
    idle_slots: int
    sees_all: bool
    clock: int


class Opened(NamedTuple):
    """The transaction that is open for longest: since when, whose, and the statement that ends it."""

    at: datetime
    whose: str
    ended_by: str


class Examined(NamedTuple):
    """`schema`: its version, 0 for none. `lacks_reading`, `lacks_writing`: rights that are missing.

    `rooms`: whether this month and the next have their partitions. Without a schema these three are empty and true.
    """

    condition: Condition
    oldest: Opened | None
    schema: int
    works: bool
    lacks_reading: list[str]
    lacks_writing: list[str]
    rooms: bool


def examine(url: str) -> Examined:
    """Asks a database all this. Raises StoreUnavailable and StoreUnusable."""
    with connected(Faults(Address(url))) as db:
        condition = Condition(*rows(db, "read_condition")[0])
        oldest = [Opened(*row) for row in rows(db, "read_oldest_transaction")]
        schema, works = found_version(db, known())
        lacks = rows(db, "read_rights") if schema else []
        return Examined(
            condition=condition,
            oldest=oldest[0] if oldest else None,
            schema=schema,
            works=works,
            lacks_reading=[right for writes, right in lacks if not writes],
            lacks_writing=[right for writes, right in lacks if writes],
            rooms=bool(value(db, "read_rooms")) if schema else True,
        )
