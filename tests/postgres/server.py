"""Owns what a test may ask of any PostgreSQL server: addresses of its databases, databases, roles."""

from __future__ import annotations

import secrets
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
PREFIX = "headway_test_"  # of databases and roles; then comes the session to which they belong


class Server:
    """A server under whose URL databases and roles may be created."""

    def __init__(self, url: str, *, tcp_url: str | None = None) -> None:
        self.session = secrets.token_hex(6)
        self._url = url
        self._tcp_url = tcp_url or url
        self._passwords: dict[str, str] = {}

    def url(self, database: str = "postgres", *, user: str | None = None, tcp: bool = False) -> str:
        """The address of one of its databases, for its owner or for a role made by `role()`."""
        parts = urlsplit(self._tcp_url if tcp else self._url)
        netloc = parts.netloc
        if user is not None:
            netloc = f"{quote(user)}:{self._passwords[user]}@{netloc.rpartition('@')[2]}"
        return urlunsplit((parts.scheme, netloc, f"/{quote(database, safe='')}", parts.query, ""))

    def connect(self, database: str = "postgres", **options: Any) -> Connection:
        """A connection that commits each statement unless told otherwise."""
        return psycopg.connect(self.url(database), **({"autocommit": True} | options))

    def create_database(self, name: str, *, template: str | None = None) -> None:
        with self.connect() as admin:
            create(admin, name, template)

    def drop_database(self, name: str) -> None:
        with self.connect() as admin:
            drop(admin, name)

    def role(self, name: str, options: str = "login") -> str:
        """Makes a role and returns its name, which no other test has; `url(…, user=…)` uses it with its password.

        It goes with the session, after the databases in which it has rights.
        """
        name = f"{PREFIX}{self.session}_{name}_{secrets.token_hex(4)}"
        self._passwords[name] = secrets.token_hex(8)
        with self.connect() as admin:
            admin.execute(
                sql.SQL("create role {} password {} " + options).format(
                    sql.Identifier(name), sql.Literal(self._passwords[name])
                )
            )
        return name

    def drop_role(self, name: str) -> None:
        """Removes a role that owns nothing any more."""
        with self.connect() as admin:
            admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))


def create(admin: Connection, name: str, template: str | None = None) -> None:
    """Makes a database. Of a template with the schema it is a copy of files: 20 ms, by the log it would be 36."""
    by_files = template is not None and admin.info.server_version >= 150000  # before, there is no other way
    text = "create database {} template {} strategy file_copy" if by_files else "create database {} template {}"
    admin.execute(sql.SQL(text).format(sql.Identifier(name), sql.Identifier(template or "template1")))


def drop(admin: Connection, name: str) -> None:
    """Removes a database, and whoever is still connected to it."""
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def socket_url(folder: str, port: int) -> str:
    """The address of a server that listens on a socket in this folder."""
    return f"postgresql://postgres@/postgres?{urlencode({'host': folder, 'port': port})}"


def place(url: str) -> tuple[str, int]:
    """The host (or the folder of the socket) and the port that an address names."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return query.get("host") or parts.hostname or "localhost", int(query.get("port") or parts.port or 5432)
