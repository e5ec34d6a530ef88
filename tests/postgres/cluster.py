"""Owns one throwaway PostgreSQL server of this machine: made, started, restarted, killed, paused."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import psutil

from tests.postgres import programs, undertaker
from tests.postgres.disk import Disk
from tests.postgres.server import Server, socket_url

How = Literal["smart", "fast", "immediate"]
PORT = 5432  # only a part of the socket's name: the folders tell servers apart

ALWAYS = {
    "max_connections": "300",
    "dynamic_shared_memory_type": "mmap",  # in its own folder: nothing in the system outlives it
    "max_wal_size": "512MB",  # RAM is not endless
    "logging_collector": "off",
    "timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Cluster(Server):
    """A server in a folder; it is stopped by whoever ends the folder."""

    def __init__(self, folder: Path, *, password: str, tcp_port: int | None, disk: Disk | None = None) -> None:
        tcp_url = f"postgresql://postgres:{password}@127.0.0.1:{tcp_port}/postgres" if tcp_port else None
        super().__init__(socket_url(str(folder), tcp_port or PORT), tcp_url=tcp_url)
        self._has_tcp = tcp_port is not None
        self.port = tcp_port or PORT
        self.folder = folder
        self.data = disk.data if disk else folder / "data"
        self._inside = disk.inside if disk else ()

    def url(self, database: str = "postgres", *, user: str | None = None, tcp: bool = False) -> str:
        if tcp and not self._has_tcp:
            raise ValueError("this server listens on its socket only: make it with tcp=True")
        return super().url(database, user=user, tcp=tcp)

    @property
    def log(self) -> str:
        """All that the server said."""
        return (self.folder / "log").read_text()

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])

    @property
    def running(self) -> bool:
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, psutil.NoSuchProcess):
            return False

    def start(self) -> None:
        """Starts it and returns when it answers, also after `kill()`."""
        try:
            self.program("pg_ctl", "start", "-w", "-l", str(self.folder / "log"))
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.log}") from None

    def stop(self, how: How = "fast") -> None:
        self.program("pg_ctl", "stop", "-w", "-m", how)

    def program(self, name: str, *arguments: str) -> str:
        """Runs one of PostgreSQL's programs on the server's files and returns what it said."""
        return programs.run(name, *arguments, "-D", str(self.folder / "data"), inside=self._inside)

    def restart(self, how: How = "fast") -> None:
        """`fast` breaks off every connection and closes cleanly; `immediate` is a crash from which it recovers."""
        self.stop(how)
        self.start()

    def kill(self) -> None:
        """Sends SIGKILL to the first process and all the others, as a machine that loses power; `start()` recovers."""
        server = psutil.Process(self.pid)
        family = [server, *undertaker.children(server)]
        for member in family:
            undertaker.send(member, signal.SIGKILL)
        undertaker.alive_after(family, undertaker.PATIENCE_S)
        undertaker.forget(self.folder)

    def pause(self) -> None:
        """Everything stands still: connections stay open, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        self.pause()
        try:
            yield
        finally:
            self.go_on()

    def _signal(self, which: signal.Signals) -> None:
        """The first process first: it shall not make new children that nobody told."""
        server = psutil.Process(self.pid)
        undertaker.send(server, which)
        for child in undertaker.children(server):
            undertaker.send(child, which)


def make(
    folder: Path, *, settings: Mapping[str, str], durable: bool, tcp: bool, disk: Disk | None = None
) -> tuple[Cluster, dict[str, Any]]:
    """Makes and starts a server; the second value makes the same object in another process: `Cluster(folder, **it)`."""
    where: dict[str, Any] = {"password": secrets.token_hex(16), "tcp_port": free_port() if tcp else None}
    cluster = Cluster(folder, **where, disk=disk)
    _initdb(cluster, where["password"])
    _configure(cluster, where["tcp_port"], ALWAYS | ({} if durable else NOT_DURABLE) | dict(settings))
    cluster.start()
    return cluster, where


def _initdb(cluster: Cluster, password: str) -> None:
    """Nobody else may enter the socket's folder, so it asks for nothing; the port asks for the password."""
    secret = cluster.folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if os.geteuid() == 0:
        os.chown(secret, programs.account().pw_uid, programs.account().pw_gid)
    who = ("--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}")
    how = ("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
    cluster.program("initdb", *who, *how)
    secret.unlink()


def _configure(cluster: Cluster, tcp_port: int | None, settings: Mapping[str, str]) -> None:
    """Writes the settings down, so that they also hold after a restart."""
    own = {
        "unix_socket_directories": str(cluster.folder),
        "listen_addresses": "127.0.0.1" if tcp_port else "",
        "port": str(tcp_port or PORT),
    }
    lines = (f"{name} = '{value}'\n" for name, value in (own | dict(settings)).items())
    with open(cluster.data / "postgresql.conf", "a") as conf:
        conf.writelines(lines)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
