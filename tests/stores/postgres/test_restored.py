"""A database that was restored or copied is noticed: no cursor of the old one is taken for one of the new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.stores.postgres.store import PostgresStore
from tests.postgres import programs
from tests.postgres.cluster import Cluster
from tests.postgres.databases import Databases
from tests.postgres.shared import PrivateCluster
from tests.stores.lives import Life, untold
from tests.stores.postgres.conftest import ALONE
from tests.stores.postgres.following import Follower

NOTE = c.Note(message="a")
SKIPPED = 100_000  # transaction ids that the old server has used and a new one has not


@pytest.fixture(scope="module")
def new_server(private_cluster: PrivateCluster) -> Iterator[Cluster]:
    """A cluster as initdb makes it, whose transaction ids begin low."""
    with private_cluster(settings=ALONE) as server:
        yield server


@pytest.fixture
def dump(quiet_server: Cluster) -> Iterator[Path]:
    """Where a dump may lie: the server's programs write there."""
    file = quiet_server.folder / "headway.dump"
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def lives(quiet: PostgresStore) -> list[Life]:
    lives = [Life(quiet, "scan").begun() for _ in range(3)]
    for life in lives:
        life.tell(c.StartStep(step="scan"), c.Advance(delta=1))
    return lives


def name_of(store: PostgresStore) -> str:
    return str(store.address.conninfo["dbname"])


def dumped(server: Cluster, store: PostgresStore, file: Path) -> None:
    programs.run("pg_dump", "--format=custom", f"--file={file}", server.url(name_of(store)))


def restored(server: Cluster, name: str, file: Path) -> None:
    programs.run("pg_restore", "--exit-on-error", f"--dbname={server.url(name)}", str(file))


def goes_on_above(store: PostgresStore, lives: list[Life], *, highest: int) -> None:
    """New positions lie above all old ones, and a reader of the new store is told of all that it has."""
    reader = Follower(store)
    assert len(reader.read()) == sum(life.job.seq for life in lives)
    for life in lives:
        life.store = store
        assert store.load(life.id) == life.job
        at = life.tell(NOTE)
        assert at > highest
        assert reader.read() == [(life.id, life.job.seq)]
        highest = at
    assert [reader.history(life.id) for life in lives] == [store.history(life.id) for life in lives]


def test_a_dump_in_a_fresh_cluster_is_another_store_that_goes_on_above(
    quiet: PostgresStore, quiet_server: Cluster, new_server: Cluster, lives: list[Life], dump: Path
) -> None:
    dumped(quiet_server, quiet, dump)
    after_the_dump = Life(quiet).tell(c.Attach())
    old = quiet.horizon()
    new_server.create_database("fresh")
    restored(new_server, "fresh", dump)
    with closing(PostgresStore(new_server.url("fresh"))) as store:
        assert store.horizon().epoch != old.epoch
        assert store.checkpoint(after_the_dump) != quiet.checkpoint(after_the_dump)
        goes_on_above(store, lives, highest=lives[-1].position)


def test_transaction_ids_that_begin_low_make_no_low_positions(
    quiet: PostgresStore, quiet_server: Cluster, new_server: Cluster, lives: list[Life], dump: Path
) -> None:
    """The new server would need all the ids of the old one first."""
    dumped(quiet_server, quiet, dump)
    new_server.create_database("low")
    restored(new_server, "low", dump)
    with new_server.connect("low") as db:
        ahead = "update headway.event set position = position + (%s::bigint << 20)"
        db.execute("alter table headway.event disable trigger user")
        db.execute(ahead, [SKIPPED])
        db.execute("alter table headway.event enable trigger user")
        db.execute("alter table headway.job disable trigger user")
        db.execute("update headway.job set last_event = last_event + (%(n)s::bigint << 20)", {"n": SKIPPED})
        db.execute("update headway.job set ticked = ticked + (%(n)s::bigint << 20)", {"n": SKIPPED})
        db.execute("update headway.tick set position = position + (%(n)s::bigint << 20)", {"n": SKIPPED})
        db.execute("alter table headway.job enable trigger user")
    with closing(PostgresStore(new_server.url("low"))) as store:
        goes_on_above(store, lives, highest=lives[-1].position + (SKIPPED << 20))


def test_a_copy_of_a_database_is_another_store(quiet: PostgresStore, quiet_server: Cluster, lives: list[Life]) -> None:
    old = quiet.horizon()
    quiet.close()
    quiet_server.create_database("copy", template=name_of(quiet))
    with closing(PostgresStore(quiet_server.url("copy"))) as store:
        assert store.horizon().epoch != old.epoch
        goes_on_above(store, lives, highest=lives[-1].position)
    with closing(PostgresStore(quiet_server.url(name_of(quiet)))) as again:
        assert again.horizon().epoch == old.epoch  # the first one is what it was
        assert untold(again, old.reach)


def test_an_older_dump_in_the_same_database_is_noticed_by_what_a_cursor_names(
    quiet: PostgresStore, quiet_server: Cluster, lives: list[Life], dump: Path
) -> None:
    """It is the same database, so only the history tells: a cursor names the newest event that its reader has read."""
    dumped(quiet_server, quiet, dump)
    lost = [life.tell(NOTE) for life in lives]
    named = {at: quiet.checkpoint(at) for at in lost}
    kept = quiet.checkpoint(lost[0] - 1)
    quiet.close()
    with quiet_server.connect(name_of(quiet)) as db:
        db.execute("drop schema headway cascade")
    restored(quiet_server, name_of(quiet), dump)
    with closing(PostgresStore(quiet_server.url(name_of(quiet)))) as store:
        assert store.checkpoint(lost[0] - 1) == kept
        for at, name in named.items():
            assert store.checkpoint(at) != name
        for life in lives:
            stored = store.load(life.id)
            assert stored is not None
            life.store, life.job = store, stored
        assert lives[0].tell(c.Note(message="instead")) > max(lost)
        assert all(store.checkpoint(at) != name for at, name in named.items())


def test_a_database_that_is_emptied_and_filled_again_is_another_store(
    quiet: PostgresStore, quiet_server: Cluster, quiet_databases: Databases, lives: list[Life]
) -> None:
    old, name = quiet.horizon(), name_of(quiet)
    quiet.close()
    quiet_server.drop_database(name)
    quiet_server.create_database(name, template=quiet_databases.template())
    with closing(PostgresStore(quiet_server.url(name))) as store:
        assert store.horizon().epoch != old.epoch
        assert store.checkpoint(lives[-1].position) == "0"
        assert Life(store).position > lives[-1].position
