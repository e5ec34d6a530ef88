"""Owns a pgbouncer in transaction mode: what a connection set, or listens to, is not there in its next transaction."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from tests.postgres import programs
from tests.postgres.folder import Folder
from tests.postgres.server import place, socket_url
from tests.waiting import eventually

PORT = 6432  # only a part of the socket's name
SETTINGS = """\
[databases]
* = host={host} port={port}
[pgbouncer]
pool_mode = transaction
auth_type = trust
auth_file = {folder}/users
pidfile = {folder}/pooler.pid
unix_socket_dir = {folder}
listen_addr =
listen_port = {listen}
logfile = {folder}/log
max_client_conn = 1000
default_pool_size = {size}
ignore_startup_parameters = extra_float_digits,options
"""


class Pooler:
    """A pgbouncer before one database: `url` is that database through it."""

    def __init__(self, folder: Path, database: str, *, size: int) -> None:
        self.folder = folder
        self._database = urlsplit(database)
        self._size = size
        own = urlsplit(socket_url(str(folder), PORT))
        user = self._database.netloc.rpartition("@")[0] or "postgres"
        self.url = urlunsplit(own._replace(netloc=f"{user}@", path=self._database.path))
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """All that it said."""
        return (self.folder / "log").read_text()

    def start(self) -> None:
        """Returns when it answers."""
        self._configure()
        command = [programs.program("pgbouncer"), "-q", str(self.folder / "ini")]
        self._server = subprocess.Popen(command, stderr=subprocess.DEVNULL, **programs.as_account())
        eventually(self._answers)

    def stop(self) -> None:
        """Ends it at once, and with it every connection through it."""
        if self._server:
            self._server.kill()
            self._server.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _configure(self) -> None:
        host, port = place(urlunsplit(self._database))
        user, password = unquote(self._database.username or "postgres"), unquote(self._database.password or "")
        settings = SETTINGS.format(host=host, port=port, folder=self.folder, listen=PORT, size=self._size)
        (self.folder / "ini").write_text(settings)
        (self.folder / "users").write_text(f'"{user}" "{password}"\n')

    def _answers(self) -> bool:
        assert self._server
        assert self._server.poll() is None, f"pgbouncer has ended: {self.log}"
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def pooling(database: str, *, size: int = 20) -> Iterator[Pooler]:
    """A pgbouncer with so many connections to the server, for the role that the address names."""
    folder = Folder.of_its_own()
    try:
        folder.watch()
        pooler = Pooler(folder.path, database, size=size)
        pooler.start()
        yield pooler
        pooler.stop()
    finally:
        folder.end()
