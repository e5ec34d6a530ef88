"""What is wrong with a file is said in one sentence with what to do, and a file that is not ours is not touched."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnavailable, StoreUnusable
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life, commit_of

SQLITE = drivers.newest()


def refused(path: Path, error: type[StoreUnavailable | StoreUnusable]) -> str:
    """The reason why a store cannot be opened."""
    with pytest.raises(error) as caught:
        SQLiteStore(path, busy_s=0.2)
    assert str(caught.value).startswith(f"store sqlite:///{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"store sqlite:///{path}: ")


def made(path: Path) -> None:
    store = SQLiteStore(path)
    Life(store).begun()
    store.close()


def test_a_missing_folder_is_named(folder: Path) -> None:
    reason = refused(folder / "no" / "such" / "jobs.db", StoreUnavailable)
    assert reason == f"folder {folder / 'no' / 'such'} does not exist; create it, or choose another place"
    assert list(folder.iterdir()) == []


def test_a_folder_is_no_file(folder: Path) -> None:
    assert refused(folder, StoreUnusable) == "it is a folder; name a file in it"


@pytest.mark.parametrize("content", [b"hello, world\n" * 100, b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_left_alone(folder: Path, content: bytes) -> None:
    path = folder / "jobs.db"
    path.write_bytes(content)
    assert "is not a SQLite database" in refused(path, StoreUnusable)
    assert path.read_bytes() == content
    assert [file.name for file in folder.iterdir()] == ["jobs.db"]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_of_another_program_is_left_alone(folder: Path, mode: str) -> None:
    path = folder / "jobs.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"pragma journal_mode = {mode}")
        db.executescript("create table theirs (x); insert into theirs values (1)")
    before = path.read_bytes()
    expected = "the database belongs to another program; choose another file"
    assert refused(path, StoreUnusable) == expected
    assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma journal_mode").fetchone() == (mode,)
        assert db.execute("select * from theirs").fetchall() == [(1,)]


def test_the_log_of_another_program_is_not_written_back(folder: Path) -> None:
    """Its owner may hold the file open, or may have been killed."""
    path = folder / "jobs.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("pragma journal_mode = wal; create table theirs (x)")
        before = path.read_bytes()
        refused(path, StoreUnusable)
        assert path.read_bytes() == before


TORN = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.executescript("pragma cache_size = 1; " + sys.argv[2])
db.execute("begin")
db.execute("create table half (x)")
db.executemany("insert into half values (?)", [(number,) for number in range(3000)])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("before", "opens"), [("vacuum", True), ("create table theirs (x)", False)])
def test_a_file_whose_maker_was_killed_is_judged_by_what_was_finished(folder: Path, before: str, opens: bool) -> None:
    path = folder / "jobs.db"
    subprocess.run([sys.executable, "-c", TORN, str(path), before], check=False, timeout=60)
    assert (folder / "jobs.db-journal").stat().st_size
    if opens:
        made(path)
    else:
        assert "belongs to another program" in refused(path, StoreUnusable)


def test_an_empty_file_and_an_empty_database_become_a_store(folder: Path) -> None:
    (folder / "empty.db").touch()
    made(folder / "empty.db")
    with closing(sqlite3.connect(folder / "blank.db")) as db:
        db.execute("pragma journal_mode = wal")
    made(folder / "blank.db")


def test_a_newer_schema_is_refused(folder: Path) -> None:
    path = folder / "jobs.db"
    made(path)
    with closing(SQLITE.connect(path)) as db:
        db.execute("pragma user_version = 7")
    before = path.read_bytes()
    assert refused(path, StoreUnusable) == "its schema is version 7, this Headway knows 1; upgrade headway"
    assert path.read_bytes() == before


def test_a_damaged_page_is_named_when_it_is_read(folder: Path) -> None:
    path = folder / "jobs.db"
    store = SQLiteStore(path)
    life = Life(store).begun()
    for number in range(200):
        life.tell(c.Note(message=f"{number} {'x' * 500}"))
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096 * 30)
        file.write(b"\xa5" * (size - 4096 * 31))
    with closing(SQLiteStore(path)) as store, pytest.raises(StoreUnusable, match=r"the file is damaged .* backup"):
        store.history(life.id, limit=1000)


def test_a_file_that_was_cut_is_named(folder: Path) -> None:
    path = folder / "jobs.db"
    made(path)
    with path.open("r+b") as file:
        file.truncate(4096 * 3)
    with pytest.raises(StoreUnusable, match="the file is damaged"), closing(SQLiteStore(path)) as store:
        Life(store).begun()


def test_a_full_disk_is_named_and_nothing_is_half_written(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        life = Life(store).begun()
        db = store._connections.write(lambda db: db)
        pages = db.execute("pragma page_count").fetchone()[0]
        db.execute(f"pragma max_page_count = {pages + 5}")
        with pytest.raises(StoreUnavailable, match="the disk is full; free some space"):
            for _ in range(100):
                life.tell(c.Note(message="x" * 2000))
        assert store.load(life.id) == life.job
        assert len(store.history(life.id)) == life.job.seq
        life.tell(c.Note(message="there is room again"))
        assert store.load(life.id) == life.job


LIMITED = """
import resource, signal, sys
from pathlib import Path
from headway.core import commands as c
from headway.core.errors import StoreUnavailable
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import Life, commit_of
store = SQLiteStore(Path(sys.argv[1]))
life = Life(store).begun()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
try:
    while True:
        life.tell(c.Note(message="x" * 2000))
except StoreUnavailable as error:
    print(error.reason)
assert store.load(life.id) == life.job
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
life.tell(c.Note(message="the disk works again"))
assert store.load(life.id) == life.job
assert len(store.history(life.id, limit=10_000)) == life.job.seq
store.close()
"""


def test_an_error_of_the_disk_is_named_and_passes(folder: Path) -> None:
    said = python(LIMITED, folder / "jobs.db")
    assert said.startswith("the disk reports an error (SQLITE_IOERR")
    assert said.endswith("); check the disk, and that the file is on a local one\n")
    with closing(SQLITE.connect(folder / "jobs.db")) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from headway.core.errors import StoreUnavailable
from headway.stores.sqlite.store import SQLiteStore
import headway.stores.sqlite.inotify
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    SQLiteStore(Path(sys.argv[1]))
except StoreUnavailable as error:
    print(error.reason)
"""


def python(script: str, path: Path) -> str:
    """What a script says in a process of its own."""
    command = [sys.executable, "-c", script, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_folder_is_named(folder: Path, there: bool) -> None:
    if there:
        made(folder / "jobs.db")
        (folder / "jobs.db").chmod(0o666)
    folder.chmod(0o555)
    said = python(UNPRIVILEGED, folder / "jobs.db")
    folder.chmod(0o755)
    assert said == f"folder {folder} is read-only for this user; allow writing, or choose another\n"
    assert [file.name for file in folder.iterdir()] == ["jobs.db"] * there


def test_a_read_only_file_is_named(folder: Path) -> None:
    made(folder / "jobs.db")
    (folder / "jobs.db").chmod(0o444)
    folder.chmod(0o777)
    said = python(UNPRIVILEGED, folder / "jobs.db")
    assert said == "the file is read-only for this user; allow writing, or choose another\n"


def test_a_closed_store_says_so(folder: Path) -> None:
    store = SQLiteStore(folder / "jobs.db")
    life = Life(store).begun()
    store.close()
    store.close()
    for call in (
        lambda: store.load(life.id),
        store.freshness,
        store.watch,
        lambda: store.commit([commit_of(life.job, c.Note(message="a"))]),
    ):
        with pytest.raises(StoreUnavailable, match="it was closed by this process"):
            call()


def test_what_fails_between_two_reads_costs_only_its_connection(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db")) as store:
        life = Life(store).begun()
        with pytest.raises(ZeroDivisionError), store._connections.reading() as db:
            db.execute("begin")
            raise ZeroDivisionError
        assert store.load(life.id) == life.job


def test_many_readers_at_once_leave_a_few_connections(folder: Path) -> None:
    with closing(SQLiteStore(folder / "jobs.db")) as store, ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(store._connections.reading()).execute("select 1").fetchall()
        stack.close()
        assert 1 < len(store._connections._idle) < 20


def test_an_old_library_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "version", lambda driver: (3, 37, 2))
    assert "is too old, 3.38.0 is needed: pip install" in refused(folder / "jobs.db", StoreUnusable)
    assert list(folder.iterdir()) == []
