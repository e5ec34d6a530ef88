"""What is looked at on each new connection before it is used: server, schema, and where positions go on."""

from __future__ import annotations

from headway.stores.postgres.connections import Connection
from headway.stores.postgres.faults import Faults
from headway.stores.postgres.migrations import found_version, known, needed
from headway.stores.postgres.rows import rows, value


def greet(db: Connection, faults: Faults) -> None:
    """Raises StoreUnusable with what is missing and how to get it. Changes no schema, whatever it finds."""
    faults.check_server(db.info.server_version)
    newest = known()[-1].number
    version, works = found_version(db, known())
    if not works and version > newest:
        raise faults.schema_too_new(version, newest)
    if not works:
        raise faults.schema_too_old(version, needed(known()))
    _settle(db)


def _settle(db: Connection) -> None:
    """After a restore, a copy or a crash transaction ids begin elsewhere; positions go on after the old ones."""
    moved, writable = rows(db, "read_settlement")[0]
    if writable and (moved or not value(db, "read_unbroken")):
        value(db, "settle_store")
