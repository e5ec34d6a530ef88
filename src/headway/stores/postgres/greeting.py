"""What is looked at on each new connection before it is used: server, schema, and where positions go on."""

from __future__ import annotations

from typing import Final

from headway.core.errors import StoreUnusable
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.rows import rows, value

OLDEST: Final = 140_000
SCHEMA: Final = 1


def greet(db: Connection, faults: Faults) -> None:
    """Raises StoreUnusable with what is missing and how to get it."""
    if db.info.server_version < OLDEST:
        reason = f"PostgreSQL {db.info.server_version // 10_000} is too old, 14 is needed; upgrade the server"
        raise StoreUnusable(faults.url, reason)
    version = value(db, "read_schema_version") if value(db, "find_schema") else 0
    if version != SCHEMA:
        raise StoreUnusable(faults.url, _mismatch(version))
    _settle(db)


def _mismatch(version: int) -> str:
    if version > SCHEMA:
        return f"its schema is version {version}, this Headway knows {SCHEMA}; upgrade headway"
    have = f"version {version}" if version else "not there yet"
    return f"its schema is {have}, version {SCHEMA} is needed: headway migrate"


def _settle(db: Connection) -> None:
    """A restored dump, or a copied database: transaction ids begin elsewhere, positions go on after the old ones."""
    moved, writable = rows(db, "read_settlement")[0]
    if moved and writable:
        value(db, "settle_store")
