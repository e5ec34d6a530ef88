"""What is wrong with a database, or with the way to it, is said in one line with what to do, and without a secret."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from headway.core import commands as c
from headway.core.errors import HeadwayError, StoreUnavailable, StoreUnusable
from headway.stores.postgres import connections
from headway.stores.postgres.migrations import migrate
from headway.stores.postgres.store import PostgresStore
from tests.postgres.cluster import Cluster
from tests.postgres.server import Server, place
from tests.postgres.shared import PrivateCluster
from tests.stores.lives import Life
from tests.waiting import eventually

SECRET = "hidden-from-all"


@pytest.fixture(scope="module")
def cluster(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    """A server that asks for passwords, with few connections, and with the schema."""
    settings = {"max_connections": "12", "superuser_reserved_connections": "3"}
    with private_cluster(tcp=True, settings=settings) as cluster:
        migrate(cluster.url())
        yield cluster


@pytest.fixture(scope="module")
def worker(cluster: Cluster) -> str:
    """A role that may do nothing but come in."""
    return cluster.role("worker")


def said(do: Callable[[], object], error: type[HeadwayError]) -> str:
    """What an error says after the name of the store."""
    with pytest.raises(error) as caught:
        do()
    text = str(caught.value)
    assert text.startswith("store postgresql://")
    assert "\n" not in text
    assert SECRET not in text
    return text.partition(": ")[2]


def refused(url: str, error: type[HeadwayError]) -> str:
    """Why a store cannot be opened."""
    return said(lambda: PostgresStore(url, busy_s=2, bus=None), error)


@contextmanager
def asked(cluster: Server, statement: str, undo: str) -> Iterator[None]:
    with cluster.connect() as db:
        db.execute(statement.encode())
        try:
            yield
        finally:
            db.execute(undo.encode())


def with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{password}@{parts.hostname}:{parts.port}"))


# ---------------------------------------------------------------- the way to it


def test_a_server_that_does_not_run(free_place: str) -> None:
    reason = refused(f"postgresql://ann:{SECRET}@{free_place}/jobs", StoreUnavailable)
    assert reason == "nobody answers there; start the server, or correct host and port of the address"


@pytest.fixture
def free_place() -> str:
    """Host and port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def test_a_socket_that_is_not_there() -> None:
    reason = refused("postgresql://ann@/jobs?host=/nowhere/at/all", StoreUnavailable)
    assert reason.startswith("nobody answers there")


def test_a_name_that_no_host_has() -> None:
    reason = refused(f"postgresql://ann:{SECRET}@no-such-host.invalid/jobs", StoreUnavailable)
    assert reason.startswith("no host has this name; correct the address")


def test_a_network_without_a_way_to_it() -> None:
    reason = refused(f"postgresql://ann:{SECRET}@255.255.255.255/jobs", StoreUnavailable)
    assert reason.startswith("there is no way to it from here; check the network")


def test_a_server_that_swallows_everything(free_place: str) -> None:
    host, port = free_place.split(":")
    with socket.create_server((host, int(port))):
        reason = refused(f"postgresql://ann:{SECRET}@{free_place}/jobs", StoreUnavailable)
    assert reason == "it does not answer; check the network and the server"


# ---------------------------------------------------------------- the door


def test_a_wrong_password(cluster: Cluster, worker: str) -> None:
    reason = refused(with_password(cluster.url(user=worker, tcp=True), SECRET), StoreUnusable)
    assert reason == "the password is wrong, or missing; give it in PGPASSWORD, in ~/.pgpass or in the address"


def test_a_missing_password(cluster: Cluster, worker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    assert "the password is wrong, or missing" in refused(
        with_password(cluster.url(user=worker, tcp=True), ""), StoreUnusable
    )


def test_a_role_that_does_not_exist(cluster: Cluster) -> None:
    url = cluster.url().replace("postgres@", "nobody@", 1)
    assert "this role may not come in (connection" in (reason := refused(url, StoreUnusable))
    assert 'role "nobody" does not exist' in reason


def test_a_database_that_does_not_exist(cluster: Cluster) -> None:
    assert refused(cluster.url("jbos"), StoreUnusable).endswith("create it: createdb jbos")


def test_a_database_that_the_role_may_not_enter(cluster: Cluster, worker: str) -> None:
    with asked(
        cluster, "revoke connect on database postgres from public", "grant connect on database postgres to public"
    ):
        reason = refused(cluster.url(user=worker), StoreUnusable)
    assert reason.startswith("this role may not do what is needed (")
    assert "permission denied for database" in reason


def test_all_connections_taken(cluster: Cluster, worker: str) -> None:
    with ExitStack() as held:
        for _ in range(9):
            held.enter_context(closing(psycopg.connect(cluster.url(user=worker))))
        reason = refused(cluster.url(user=worker), StoreUnavailable)
    assert reason == "all its connections are taken; raise max_connections, or put a pooler before it"


def test_a_server_that_starts_or_stops(cluster: Cluster) -> None:
    """A smart stop waits for whoever is there, and lets nobody in."""
    stopping = threading.Thread(target=cluster.restart, args=("smart",))
    with closing(psycopg.connect(cluster.url())):
        stopping.start()
        reason = eventually(lambda: _reason(cluster.url()))
    stopping.join(30)
    assert reason == "it is starting, stopping or recovering; try again"


def _reason(url: str) -> str:
    try:
        PostgresStore(url, busy_s=2, bus=None).close()
    except StoreUnavailable as error:
        return error.reason
    return ""


# ---------------------------------------------------------------- inside


def test_a_server_that_is_too_old(database: str) -> None:
    with older(database, b"13.4") as url:
        assert refused(url, StoreUnusable) == "PostgreSQL 13 is too old, 14 is needed; upgrade the server"
        assert said(lambda: migrate(url), StoreUnusable).startswith("PostgreSQL 13 is too old")


def test_a_role_without_rights_on_the_schema(cluster: Cluster, worker: str) -> None:
    reason = refused(cluster.url(user=worker), StoreUnusable)
    assert "this role may not do what is needed (permission denied for schema headway)" in reason


def test_a_role_without_rights_on_one_table(cluster: Cluster, worker: str) -> None:
    grants = f"grant usage on schema headway to {worker}; grant all on all tables in schema headway to {worker}; "
    with (
        asked(cluster, grants + f"revoke insert on headway.event from {worker}", f"drop owned by {worker}"),
        closing(PostgresStore(cluster.url(user=worker), bus=None)) as store,
    ):
        reason = said(lambda: Life(store), StoreUnusable)
    assert "this role may not do what is needed (permission denied for table event)" in reason


def test_a_database_that_was_set_read_only(database: str) -> None:
    with closing(PostgresStore(database, bus=None)) as store:
        life = Life(store).begun()
    with closing(psycopg.connect(database, autocommit=True)) as db:
        db.execute(f'alter database "{db.info.dbname}" set default_transaction_read_only = on'.encode())
    with closing(PostgresStore(database, bus=None)) as store:
        assert store.load(life.id) == life.job
        assert "it is read-only: a standby, or set so" in said(lambda: Life(store), StoreUnavailable)


def test_a_standby_is_read_and_not_written(private_cluster: PrivateCluster) -> None:
    with private_cluster() as cluster:
        migrate(cluster.url())
        with closing(PostgresStore(cluster.url(), bus=None)) as store:
            life = Life(store).begun()
        cluster.stop()
        (cluster.data / "standby.signal").touch()
        cluster.start()
        with closing(PostgresStore(cluster.url(), bus=None)) as store:
            assert store.load(life.id) == life.job
            assert "it is read-only: a standby, or set so" in said(lambda: Life(store), StoreUnavailable)


def test_a_full_disk(private_cluster: PrivateCluster) -> None:
    with private_cluster(size_mb=80, settings={"max_wal_size": "32MB"}) as cluster:
        migrate(cluster.url())
        with closing(PostgresStore(cluster.url(), bus=None)) as store, cluster.connect() as filling:
            life = Life(store).begun()
            with pytest.raises(psycopg.Error):
                filling.execute("create table ballast as select repeat('x', 1000) from generate_series(1, 1000000)")
            ballast = cluster.data / "ballast"
            with pytest.raises(OSError, match="No space left"):
                ballast.write_bytes(b"x" * (200 << 20))
            reason = said(lambda: _write_until_full(store), StoreUnavailable)
            ballast.unlink()
            eventually(lambda: _is_there(cluster, life), within_s=30)
            eventually(lambda: _written(life))
    assert reason in ("its disk is full; free some space on the server", "it crashed and recovers; try again")


def _write_until_full(store: PostgresStore) -> None:
    for _ in range(1000):
        Life(store).tell(c.Note(message="x" * 1900))


def _is_there(cluster: Cluster, life: Life) -> bool:
    """A server that cannot even write its log any more goes down with its disk, and somebody starts it."""
    if not cluster.running:
        cluster.start()
    try:
        return life.store.load(life.id) == life.job
    except StoreUnavailable:
        return False


def _written(life: Life) -> bool:
    try:
        return life.tell(c.Note(message="after")) > 0
    except StoreUnavailable:
        return False


def test_a_lock_that_somebody_holds(database: str) -> None:
    with closing(PostgresStore(database, busy_s=0.3, bus=None)) as store, psycopg.connect(database) as db:
        db.execute("lock table headway.job")
        reason = said(lambda: Life(store), StoreUnavailable)
    assert reason.startswith("others hold what is needed here for too long (")
    assert "lock timeout" in reason


def test_a_statement_that_takes_too_long(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_STATEMENT_S", 0.3)
    with closing(PostgresStore(database, bus=None)) as store, psycopg.connect(database) as db:
        db.execute("lock table headway.job")
        assert said(lambda: Life(store), StoreUnavailable).startswith("it took too long and was given up (")


def test_a_connection_that_somebody_ended(database: str) -> None:
    with closing(PostgresStore(database, bus=None)) as store, psycopg.connect(database, autocommit=True) as db:
        life = Life(store).begun()
        db.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where pid <> pg_backend_pid() and datname = current_database()"
        )
        assert store.load(life.id) == life.job  # asked again, by itself


@contextmanager
def older(url: str, version: bytes) -> Iterator[str]:
    """The same server, as it would name itself if it were older."""
    host, port = place(url)
    parts = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as door, ExitStack() as ends:
        serving = threading.Thread(target=_serve, args=(door, f"{host}/.s.PGSQL.{port}", version))
        serving.start()
        ends.callback(serving.join, 10)
        ends.callback(door.shutdown, socket.SHUT_RDWR)
        yield urlunsplit(parts._replace(netloc=f"postgres@127.0.0.1:{door.getsockname()[1]}", query=""))


def _serve(door: socket.socket, target: str, version: bytes) -> None:
    while True:
        try:
            client, _ = door.accept()
        except OSError:
            return
        with client, socket.socket(socket.AF_UNIX) as server:  # one after the other is enough
            server.connect(target)
            there = threading.Thread(target=_pump, args=(client, server, lambda data: data))
            there.start()
            _pump(server, client, lambda data: _aged(data, version))
            there.join()


def _aged(data: bytes, version: bytes) -> bytes:
    """A length that stays: the rest of what stands after the version is blanks."""
    before, found, after = data.partition(b"server_version\0")
    if not found:
        return data
    name, _, rest = after.partition(b"\0")
    return before + found + version.ljust(len(name)) + b"\0" + rest


def _pump(source: socket.socket, sink: socket.socket, change: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):  # the other direction has ended
        while data := source.recv(65_536):
            sink.sendall(change(data))
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
