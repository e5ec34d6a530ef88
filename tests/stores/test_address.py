"""Which address means which store, and where the default one lies."""

from __future__ import annotations

import re
import sys
from contextlib import closing
from pathlib import Path

import pytest

from headway.core.errors import InvalidSetting, MissingExtra
from headway.stores.address import data_folder, default_url, open_store
from headway.stores.memory import MemoryStore
from headway.stores.postgres.store import PostgresStore
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life


def test_memory_is_a_store_of_its_own_each_time() -> None:
    one, other = open_store("memory:"), open_store("memory:")
    assert isinstance(one, MemoryStore)
    assert one.horizon().epoch != other.horizon().epoch


def test_a_path_may_be_absolute(folder: Path) -> None:
    with closing(open_store(f"sqlite:///{folder / 'jobs.db'}")) as store:
        assert isinstance(store, SQLiteStore)
        assert store.url == f"sqlite:///{folder / 'jobs.db'}"
    assert (folder / "jobs.db").exists()


def test_a_path_may_be_relative_and_stays_where_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder)
    with closing(open_store("sqlite:///sub/jobs.db")) as store:
        life = Life(store).begun()
        monkeypatch.chdir("/")
        assert store.load(life.id) == life.job
    assert (folder / "sub" / "jobs.db").exists()


@pytest.mark.parametrize("name", ["two words.db", "100%.db", "a?b#c.db", "é 🎉.db", "%41.db"])
def test_a_name_is_taken_as_it_is_written(folder: Path, name: str) -> None:
    open_store(f"sqlite:///{folder / name}").close()
    assert [file.name for file in folder.iterdir()] == [name]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_database_on_a_server_is_named_by_its_url(database: str, scheme: str) -> None:
    with closing(open_store(f"{scheme}://{database.partition('://')[2]}")) as store:
        assert isinstance(store, PostgresStore)
        life = Life(store).begun()
        with closing(open_store(store.url)) as again:
            assert again.load(life.id) == life.job


def test_a_missing_client_library_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=re.escape("pip install 'headway[postgres]'")):
        open_store("postgresql://localhost/jobs")


@pytest.mark.parametrize("bus", ["off", "redis://127.0.0.1:1/0", "postgresql://127.0.0.1:1/jobs"])
def test_hints_may_go_another_way_and_need_not_arrive(database: str, bus: str) -> None:
    with closing(open_store(database, bus=bus)) as store:
        life = Life(store).begun()
        with closing(store.watch()) as watcher:
            assert watcher.wait(5)
        assert store.load(life.id) == life.job


def test_a_bus_that_is_none_is_refused(database: str) -> None:
    with pytest.raises(InvalidSetting, match="HEADWAY_BUS"):
        open_store(database, bus="telegraph")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ann:hidden@host/jobs",
        "postgresql+asyncpg://ann:hidden@host/jobs",
        "ann:hidden@host/jobs",
        "postgresql://ann:hid/hidden@host/jobs",
        "postgresql://ann:hid@hidden@host/jobs",
        "postgresql://ann:hid%hidden@host/jobs",
        "postgresql://ann:hid/den?hidden@host/jobs",
        "postgresql://ann:@host:hidden/jobs",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        open_store(url)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "jobs.db", "sqlite:jobs.db", "sqlite://host/jobs.db", "mysql://x", "sqlite:///"])
def test_an_address_of_nothing_is_refused(url: str) -> None:
    with pytest.raises(InvalidSetting):
        open_store(url)


def test_the_default_is_a_file_in_the_users_data_folder(folder: Path) -> None:
    for empty in ({}, {"HEADWAY_STORE": ""}):
        environ = {"XDG_DATA_HOME": str(folder), "LOCALAPPDATA": str(folder), **empty}
        assert default_url(environ) == f"sqlite:///{data_folder(environ) / 'headway.db'}"
    assert default_url({"HEADWAY_STORE": "memory:"}) == "memory:"


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("linux", "/home/ann/.local/share/headway"),
        ("darwin", "/home/ann/Library/Application Support/headway"),
        ("win32", "/home/ann/AppData/Local/headway"),
    ],
)
def test_each_system_has_its_place_for_a_users_data(
    system: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ann"))
    assert data_folder({}) == Path(expected)
