"""A file that is deleted or replaced under an open store is noticed, and nothing goes to the one that is gone."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnavailable
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life, commit_of, loaded


def unlinked(folder: Path, store: SQLiteStore) -> None:
    """The file is deleted, and it is long enough ago that this store looked whether it is there."""
    for file in folder.glob("jobs.db*"):
        file.unlink()
    store._connections._looked_at = 0.0


def test_a_deleted_file_is_noticed(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        life = Life(store).begun()
        unlinked(folder, store)
        with pytest.raises(StoreUnavailable, match="the file is gone; put it back"):
            life.tell(c.Note(message="to nowhere"))
        with pytest.raises(StoreUnavailable, match="the file is gone; put it back"):
            store.load(life.id)
        assert list(folder.iterdir()) == []


def test_a_backup_that_is_put_in_its_place_is_used_from_then_on(folder: Path) -> None:
    """What is written afterwards goes into the file that has the name, and the epoch tells that it is another one."""
    with closing(SQLiteStore(folder / "other.db")) as other:
        restored = Life(other).begun()
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        gone, epoch = Life(store).begun(), store.horizon().epoch
        watcher, fresh = store.watch(), store.freshness()
        unlinked(folder, store)
        os.rename(folder / "other.db", folder / "jobs.db")
        assert store.commit([commit_of(gone.job, c.Note(message="a"))]) == [None]
        restored.store = store
        restored.tell(c.Note(message="b"))
        assert loaded(store, restored.id) == restored.job
        assert store.load(gone.id) is None
        assert store.horizon().epoch != epoch
        assert store.freshness() != fresh
        assert watcher.wait(5)
        watcher.close()
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        assert store.load(restored.id) == restored.job


def test_a_reader_that_is_at_work_when_the_file_is_replaced_is_not_used_again(folder: Path) -> None:
    SQLiteStore(folder / "other.db").close()
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        life = Life(store).begun()
        with store._connections.reading() as old:
            old.execute("select id from job").fetchall()
            unlinked(folder, store)
            os.rename(folder / "other.db", folder / "jobs.db")
            assert store.load(life.id) is None
            assert old.execute("select count(*) from job").fetchone() == (1,)
        assert list(store.job_ids()) == []
