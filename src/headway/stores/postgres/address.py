"""The address of a database: what libpq makes of it, and how messages name it, without a secret."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from headway.core.errors import InvalidSetting

SCHEMES = ("postgresql://", "postgres://")


class Address:
    """`postgresql://user@host:port/database`, with everything that libpq knows; PG* settings give what is missing."""

    def __init__(self, url: str) -> None:
        try:
            self.conninfo: dict[str, Any] = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            reason = " ".join(str(error).split())
            raise InvalidSetting("store", f"it is no address of a PostgreSQL database: {reason}") from None
        self.url = _shown(self.conninfo)


def _shown(conninfo: dict[str, Any]) -> str:
    """For people: who, where and which database."""
    user = f"{conninfo['user']}@" if "user" in conninfo else ""
    port = f":{conninfo['port']}" if "port" in conninfo else ""
    host = conninfo.get("host") or conninfo.get("hostaddr") or ""
    return f"postgresql://{user}{host}{port}/{conninfo.get('dbname', '')}"
