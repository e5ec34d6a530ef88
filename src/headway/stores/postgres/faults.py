"""What PostgreSQL and the way to it can answer, as the errors of Headway: one line that says what, and what to do."""

from __future__ import annotations

from typing import Final

import psycopg

from headway.core.errors import HeadwayError, StoreUnavailable, StoreUnusable

LOST_RACE: Final = "HW001"
NO_ROOM: Final = "23514"

_UNUSABLE: Final = {
    "28P01": "the password is wrong; correct it in the address, in PGPASSWORD or in ~/.pgpass",
    "28000": "this role may not come in ({text}); check pg_hba.conf and the role",
    "3D000": "there is no such database; create it: createdb NAME",
    "3F000": "there is no schema of Headway; make it: headway migrate",
    "42P01": "the schema of Headway is not complete ({text}); bring it up: headway migrate",
    "42501": "the role may not do this ({text}); grant it, or use the role of the workers",
    "42883": "the schema of Headway is not complete ({text}); bring it up: headway migrate",
    "42703": "the schema of Headway is an older one ({text}); bring it up: headway migrate",
}
_UNUSABLE_CLASSES: Final = {"23": "it refuses an impossible row, nothing was written ({text})"}
_UNAVAILABLE: Final = {
    "25006": "it is read-only: a standby, or it was set so; use the primary server",
    "53100": "its disk is full; free some space",
    "53300": "all its connections are taken; raise max_connections, or put a pooler before it",
    "57P01": "it is shutting down or ended this connection; it is tried again",
    "57P03": "it is starting or recovering; it is tried again",
}


class Faults:
    """Names the errors of one database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def named(self, error: psycopg.Error) -> HeadwayError:
        """The error to raise for one of psycopg's."""
        code, text = error.sqlstate or "", _one_line(error)
        if sentence := _UNUSABLE.get(code) or _UNUSABLE_CLASSES.get(code[:2]):
            return StoreUnusable(self.url, sentence.format(text=text))
        return StoreUnavailable(self.url, _UNAVAILABLE.get(code, text))

    def closed(self) -> HeadwayError:
        return StoreUnavailable(self.url, "it was closed by this process; open it again")


def _one_line(error: psycopg.Error) -> str:
    return " ".join((error.diag.message_primary or str(error) or type(error).__name__).split())[:300]
