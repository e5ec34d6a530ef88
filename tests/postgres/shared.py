"""Owns which server a test session uses: the one that the environment names, else a throwaway one for all workers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tests.postgres import cluster, undertaker
from tests.postgres.cluster import Cluster
from tests.postgres.disk import Disk
from tests.postgres.folder import Folder, reap
from tests.postgres.server import Server

SETTING = "HEADWAY_TEST_POSTGRES"
SETTINGS = {"wal_level": "minimal", "max_wal_senders": "0"}  # copying a database writes no log then

PrivateCluster = Callable[..., AbstractContextManager[Cluster]]


@contextmanager
def server_of(session: str) -> Iterator[Server]:
    """The session's server; its workers share it, and the last one to leave ends it."""
    if named := os.environ.get(SETTING):
        yield _of_session(session, Server(named))
        return
    reap()
    folder = Folder.of_a_session(session)
    try:
        yield _of_session(session, _made_once(folder))
    finally:
        folder.let_go()


def _of_session(session: str, server: Server) -> Server:
    server.session = session[:12]
    return server


def _made_once(folder: Folder) -> Cluster:
    made = folder.path / "made.json"
    with folder.alone():
        if made.exists():
            return Cluster(folder.path, **json.loads(made.read_text()))
        undertaker.clear(folder.path)  # a worker that was killed while it made one
        folder.watch()
        server, where = cluster.make(folder.path, settings=SETTINGS, durable=False, tcp=True)
        made.write_text(json.dumps(where))
        return server


@contextmanager
def private_cluster(
    *,
    settings: Mapping[str, str] = {},
    durable: bool = False,
    tcp: bool = False,
    size_mb: int | None = None,
    within: Path | None = None,
) -> Iterator[Cluster]:
    """A server of one's own, to restart, kill, pause and fill; always of this machine.

    settings: lines of postgresql.conf. durable: fsync, full pages and synchronous commits as in production.
    tcp: it also listens on 127.0.0.1, `url(…, tcp=True)`. size_mb: on a disk of this size (a new server takes 45 MB).
    within: the folder for its files, where RAM is not meant.
    """
    with ExitStack() as ends:
        folder = Folder.of_its_own(within)
        ends.callback(folder.end)
        folder.watch()
        disk = Disk(folder.path / "data", size_mb)
        ends.callback(disk.close)
        server, _ = cluster.make(folder.path, settings=settings, durable=durable, tcp=tcp, disk=disk)
        yield server
