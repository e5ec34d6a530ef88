"""The versions of the schema, each with the way up to it and the way back, applied one transaction at a time."""

from __future__ import annotations

from pathlib import Path

import psycopg

from headway.stores.postgres.address import Address

_FOLDER = Path(__file__).parent / "schema"


def migrate(url: str) -> None:
    """Brings a database to the newest version."""
    with psycopg.connect(**Address(url).conninfo) as db:
        row = db.execute("select to_regclass('headway.migration') is not null").fetchone()
        if row and not row[0]:
            db.execute((_FOLDER / "0001_jobs.up.sql").read_bytes())
            db.execute("insert into headway.migration (number, name) values (1, 'jobs')")
