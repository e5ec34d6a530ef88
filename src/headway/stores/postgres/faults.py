"""What PostgreSQL and the way to it can answer, as the errors of Headway: one line that says what, and what to do.

A connection that fails brings no SQLSTATE (libpq keeps it to itself), only words: these are known in English. In
another language a person still reads the server's own line.
"""

from __future__ import annotations

import re
from typing import Final

import psycopg

from headway.core.errors import HeadwayError, RowRefused, StoreUnavailable, StoreUnusable
from headway.stores.postgres.address import Address

LOST_RACE: Final = "HW001"
NO_ROOM: Final = "23514"
OLDEST: Final = 140_000

_UNUSABLE: Final = {
    "28P01": "the password is wrong, or missing; give it in PGPASSWORD, in ~/.pgpass or in the address",
    "28000": "this role may not come in ({text}); check the role, and pg_hba.conf on the server",
    "2BP01": "others made something of it ({detail}); drop that first",
    "3D000": "there is no such database ({text}); create it: createdb {database}",
    "3F000": "there is no schema of Headway; make it: headway migrate",
    "42P01": "the schema of Headway is not complete ({text}); bring it up: headway migrate",
    "42501": "this role may not do what is needed ({text}); grant it; the docs say which rights each role needs",
    "42703": "the schema of Headway is an older one ({text}); bring it up: headway migrate",
    "42883": "the schema of Headway is not complete ({text}); bring it up: headway migrate",
    "42P06": "something of another program has this name ({text}); choose another database",
    "42P07": "something of another program has this name ({text}); choose another database",
    "XX001": "its disk or memory damaged a page ({text}); restore a backup",
    "XX002": "an index is damaged ({text}); on the server: reindex database",
}
_UNUSABLE_CLASSES: Final = {
    "42": "it does not understand a statement ({text}); check that its schema and this Headway belong together",
}
_UNAVAILABLE: Final = {
    "25006": "it is read-only: a standby, or set so (default_transaction_read_only); use the primary server",
    "40001": "others changed the same while this was written ({text}); try again",
    "40P01": "others changed the same while this was written ({text}); try again",
    "53100": "its disk is full; free some space on the server",
    "53200": "its memory is used up; give the server more, or less to do",
    "53300": "all its connections are taken; raise max_connections, or put a pooler before it",
    "55P03": "others hold what is needed here for too long ({text}); find them in pg_stat_activity, or try again",
    "57014": "it took too long and was given up ({text}); find what slows it down in pg_stat_activity, or try again",
    "57P01": "it is shutting down, or somebody ended this connection; try again",
    "57P02": "it crashed and recovers; try again",
    "57P03": "it is starting, stopping or recovering; try again",
    "58030": "its disk reports an error ({text}); check the disk of the server",
}
_WORDS: Final = {  # of a connection that failed, to the state or the sentence that they mean
    r"password authentication failed|no password supplied|password supplied|SCRAM": "28P01",
    r'database ".*" does not exist': "3D000",
    r"too many clients|too many connections|connection slots": "53300",
    r"No space left on device|could not write init file": "53100",
    r"starting up|shutting down|recovery mode|not yet accepting|not accepting connections": "57P03",
    r'role ".*" does not exist|is not permitted to log in|pg_hba|authentication failed|authentication method': "28000",
    r"permission denied for database": "42501",
    r"could not translate host name|Name or service not known": (
        "no host has this name; correct the address, or ask whoever looks after the names of this network"
    ),
    r"Connection refused|No such file or directory": (
        "nobody answers there; start the server, or correct host and port of the address"
    ),
    r"No route to host|Network is unreachable|Host is unreachable": (
        "there is no way to it from here; check the network, or the host of the address"
    ),
    r"timeout expired|Connection timed out": "it does not answer; check the network and the server",
    r"does not support SSL|SSL negotiation|certificate": (
        "no encrypted connection can be agreed on ({text}); check sslmode and the certificates"
    ),
}


class Faults:
    """Names the errors of one database."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.url = address.url

    def named(self, error: psycopg.Error) -> HeadwayError:
        """The error to raise for one of psycopg's. Unavailable is what may be otherwise when it is tried again."""
        text = _one_line(error)
        code = error.sqlstate or _meant(text)
        detail = _joined(error.diag.message_detail or text)
        facts = {"text": text, "detail": detail, "database": self.address.conninfo.get("dbname") or "NAME"}
        if code.startswith("23"):
            return RowRefused(self.url, f"it refuses an impossible row, nothing was written ({text})")
        if sentence := _UNUSABLE.get(code) or _UNUSABLE_CLASSES.get(code[:2]):
            return StoreUnusable(self.url, sentence.format(**facts))
        sentence = _UNAVAILABLE.get(code) or (code if " " in code else "{text}")
        return StoreUnavailable(self.url, sentence.format(**facts))

    def check_server(self, version: int) -> None:
        """Raises StoreUnusable for a server that lacks what is used here. `version`: as libpq has it."""
        if version < OLDEST:
            reason = f"PostgreSQL {version // 10_000} is too old, {OLDEST // 10_000} is needed; upgrade the server"
            raise StoreUnusable(self.url, reason)

    def schema_too_old(self, found: int, needed: int) -> HeadwayError:
        have = f"version {found}" if found else "not there yet"
        return StoreUnusable(
            self.url, f"its schema is {have}, version {needed} is needed; bring it up: headway migrate"
        )

    def schema_too_new(self, found: int, newest: int) -> HeadwayError:
        return StoreUnusable(self.url, f"its schema is version {found}, this Headway knows {newest}; upgrade headway")

    def closed(self) -> HeadwayError:
        return StoreUnavailable(self.url, "it was closed by this process; open it again")


def _meant(text: str) -> str:
    return next((meaning for words, meaning in _WORDS.items() if re.search(words, text)), "")


def _one_line(error: psycopg.Error) -> str:
    return _joined(error.diag.message_primary or str(error) or type(error).__name__)


def _joined(text: str) -> str:
    return " ".join(text.split())[:300]
