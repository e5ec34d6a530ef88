"""The address of a database: what libpq makes of it, and how messages name it, without a secret."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from headway.core.errors import InvalidSetting

_WRITE: Final = (
    "write postgresql://user:password@host:port/database, with / @ : ? # % in the password as %2F %40 %3A %3F %23 %25"
)


class Address:
    """`postgresql://user@host:port/database`, with everything that libpq knows; PG* settings give what is missing."""

    def __init__(self, url: str) -> None:
        """Raises InvalidSetting, whose message repeats nothing that might be a part of a password."""
        try:
            self.conninfo: dict[str, Any] = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            raise InvalidSetting("store", _refusal(str(error))) from None
        if _is_torn(url) or not _is_port(str(self.conninfo.get("port", ""))):
            raise InvalidSetting("store", f"its host and port cannot be told from its password; {_WRITE}")
        self.url = _shown(self.conninfo)


def _refusal(text: str) -> str:
    """PostgreSQL's client repeats pieces of the address; of those only the name of an option is harmless."""
    if option := re.search(r'invalid URI query parameter: "(\w{1,40})"', text):
        return f"PostgreSQL's client knows no option {option[1]}; correct what follows the ? of the address"
    return f"this is no address of a PostgreSQL database; {_WRITE}"


def _is_torn(url: str) -> bool:
    """Whether a / or @ of the password was taken for the end of it: then there is one @ more than an address has."""
    rest = url.partition("://")[2]
    end = re.search(r"[@/]", rest)
    return end is not None and "@" in rest[end.end() :].partition("?")[0]


def _is_port(text: str) -> bool:
    return all(part == "" or part.isdecimal() for part in text.split(","))


def _shown(conninfo: dict[str, Any]) -> str:
    """For people: who, where and which database. It can be opened again where no password is asked."""
    user = f"{quote(conninfo['user'], safe='')}@" if conninfo.get("user") else ""
    database = quote(conninfo.get("dbname") or "", safe="")
    host, port = conninfo.get("host") or conninfo.get("hostaddr") or "", conninfo.get("port") or ""
    if host.startswith(("/", "@")):
        query = urlencode({"host": host, "port": port} if port else {"host": host}, safe="/")
        return f"postgresql://{user}/{database}?{query}"
    places = ",".join(_place(*pair) for pair in zip(host.split(","), cycle(port.split(",")), strict=False))
    return f"postgresql://{user}{places}/{database}"


def _place(host: str, port: str) -> str:
    named = f"[{host}]" if ":" in host else host
    return f"{named}:{port}" if port else named
