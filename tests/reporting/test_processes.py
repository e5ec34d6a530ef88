"""Real worker processes on a real database: how they may end, and that a forked child is another worker."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from headway.core.changes import Event, fold
from headway.core.job import Job
from headway.stores.address import open_store
from headway.stores.protocol import JobQuery, Store
from tests.scale import Scale
from tests.waiting import eventually


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}" if request.param == "sqlite" else request.getfixturevalue("database")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()


def spawn(script: str, url: str, tmp_path: Path, **more: str) -> subprocess.Popen[str]:
    environ = os.environ | {"HEADWAY_STORE": url, "HEADWAY_SPOOL": str(tmp_path / "spool")} | more
    return subprocess.Popen(
        [sys.executable, "-c", script], env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(script: str, url: str, tmp_path: Path) -> int:
    process = spawn(script, url, tmp_path)
    _, err = process.communicate(timeout=60)
    assert "headway" not in err or "Traceback" in err, err
    return process.returncode


def only_job(store: Store) -> Job:
    (job,) = store.jobs(JobQuery())
    return job


@pytest.mark.parametrize(
    ("ending", "status", "error"),
    [
        ("pass", "succeeded", None),
        ("sys.exit(3)", "failed", "3"),
        ("raise ValueError('page 3 is blank')", "failed", "page 3 is blank"),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
        ("os.kill(os.getpid(), signal.SIGINT); signal.pause()", "failed", "KeyboardInterrupt"),
    ],
)
def test_an_ending_in_the_with_is_told(
    ending: str, status: str, error: str | None, store: Store, url: str, tmp_path: Path
) -> None:
    script = f"import headway, os, signal, sys\nwith headway.start('w') as job:\n    job.advance(7)\n    {ending}"
    run(script, url, tmp_path)
    job = only_job(store)
    assert (job.status, job.error, job.current) == (status, error, 7)
    assert store.holdings() == []


@pytest.mark.parametrize("ending", ["pass", "sys.exit(3)", "raise ValueError"])
def test_an_exit_without_a_with_brings_the_last_counts_and_ends_the_lease(
    ending: str, store: Store, url: str, tmp_path: Path
) -> None:
    run(f"import headway, sys\njob = headway.start('w')\njob.advance(7)\n{ending}", url, tmp_path)
    job = only_job(store)
    assert (job.status, job.current) == ("running", 7)
    assert [holding.lease for holding in store.holdings()] == [None]


@pytest.mark.parametrize("ending", ["os._exit(1)", "os.kill(os.getpid(), signal.SIGKILL)", "os.kill(os.getpid(), 15)"])
def test_a_sudden_death_keeps_every_transition_that_was_stored(
    ending: str, store: Store, url: str, tmp_path: Path
) -> None:
    script = f"""
import headway, os, signal
job = headway.start('w', steps=['a', 'b'])
for number in range(20):
    assert job.note(str(number)) == 'stored'
job.step('a')
{ending}
"""
    run(script, url, tmp_path)
    job = only_job(store)
    events = store.history(job.id, limit=1000)
    assert [event.type for event in events] == ["created", "started", *["noted"] * 20, "step_started"]
    assert fold(job.facts, events) == job


def test_a_worker_killed_at_random_loses_nothing_that_was_acknowledged(
    store: Store, url: str, tmp_path: Path, scale: Scale
) -> None:
    script = """
import headway, sys
job = headway.start('w')
for number in range(100_000):
    job.note(str(number))
    print(number, flush=True)
"""
    choice, kept = random.Random(scale.seed), 0
    for _ in range(scale(5, 1_000)):
        process = spawn(script, url, tmp_path)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(choice.randrange(1, 100))]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
        process.communicate(timeout=30)
        acknowledged = [line.strip() for line in told if line.endswith("\n")]
        job, events = eventually(partial(at_rest, store))
        noted = [event.message for event in events if event.type == "noted"]
        assert noted[: len(acknowledged)] == acknowledged
        assert len(noted) <= len(acknowledged) + 1
        assert fold(job.facts, events) == job
        kept += len(acknowledged)
    print(f"{kept:,} acknowledged, none lost")


def at_rest(store: Store) -> tuple[Job, list[Event]] | None:
    """The newest job and its history. What a server was asked before its client died may end between the two looks."""
    [job] = store.jobs(JobQuery(limit=1))
    events = store.history(job.id, limit=200_000)
    return (job, events) if events[-1].seq == job.seq else None


FORKING = """
import headway, os, sys
with headway.start('w') as job:
    job.advance(5)
    child = os.fork()
    if child == 0:
        {child}
    os.waitpid(child, 0)
    job.advance(1)
"""


def test_a_forked_child_adds_its_own_counts_and_never_its_parents(store: Store, url: str, tmp_path: Path) -> None:
    script = FORKING.format(child="job.advance(100); job.note('from the child'); sys.exit(0)")
    assert run(script, url, tmp_path) == 0
    job = only_job(store)
    assert (job.status, job.current) == ("succeeded", 106)
    assert [event.type for event in store.history(job.id)] == ["created", "started", "noted", "succeeded"]


def test_a_forked_child_that_only_counts_is_heard(store: Store, url: str, tmp_path: Path) -> None:
    child = "job.advance(100); job.flush(); os._exit(0)"
    assert run(FORKING.format(child=child), url, tmp_path) == 0
    assert only_job(store).current == 106


def test_a_forked_child_that_dies_leaves_its_parents_job_alone(store: Store, url: str, tmp_path: Path) -> None:
    assert run(FORKING.format(child="os._exit(9)"), url, tmp_path) == 0
    job = only_job(store)
    assert (job.status, job.current) == ("succeeded", 6)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_pool_of_processes_reports_on_one_job(method: str, store: Store, url: str, tmp_path: Path) -> None:
    (tmp_path / "pooled.py").write_text(
        f"""
import headway, multiprocessing

def work(job_id):
    with headway.attach(job_id) as job:
        for _ in range(10):
            job.advance()

if __name__ == "__main__":
    with headway.start("w") as job:
        with multiprocessing.get_context("{method}").Pool(4) as pool:
            pool.map(work, [job.id] * 8)
            pool.close()
            pool.join()
"""
    )
    environ = os.environ | {"HEADWAY_STORE": url, "HEADWAY_SPOOL": str(tmp_path / "spool")}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "pooled.py")], env=environ, check=False, timeout=60, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    job = only_job(store)
    assert (job.status, job.current) == ("succeeded", 80)


def test_a_multiprocessing_child_that_does_not_detach_brings_its_last_counts(
    store: Store, url: str, tmp_path: Path
) -> None:
    script = """
import headway, multiprocessing

def work(job_id):
    headway.attach(job_id).advance(9)

with headway.start("w") as job:
    child = multiprocessing.get_context("fork").Process(target=work, args=(job.id,))
    child.start()
    child.join()
"""
    assert run(script, url, tmp_path) == 0
    assert only_job(store).current == 9


def test_a_stopped_worker_that_was_superseded_is_refused_when_it_goes_on(
    store: Store, url: str, tmp_path: Path
) -> None:
    script = """
import headway, sys
job = headway.start('w')
print('ready', flush=True)
sys.stdin.readline()
try:
    job.note('late')
except headway.Fenced as fenced:
    print(fenced, flush=True)
    sys.exit(4)
"""
    environ = os.environ | {"HEADWAY_STORE": url, "HEADWAY_SPOOL": str(tmp_path / "spool")}
    worker = subprocess.Popen(
        [sys.executable, "-c", script], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    worker.send_signal(signal.SIGSTOP)
    job_id = only_job(store).id
    taking = f"import headway\nwith headway.attach({job_id!r}, takeover=True) as job:\n    job.note('mine')"
    assert run(taking, url, tmp_path) == 0
    worker.send_signal(signal.SIGCONT)
    out, _ = worker.communicate("go\n", timeout=30)
    assert "superseded by attempt 2" in out
    assert worker.returncode == 4
    types = [event.type for event in store.history(job_id)]
    assert types[:5] == ["created", "started", "superseded", "noted", "succeeded"]


def test_a_worker_without_a_store_folder_says_what_to_do(tmp_path: Path) -> None:
    process = spawn("import headway\nheadway.start('w')", "sqlite:////nowhere/at/all/jobs.db", tmp_path)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "/nowhere/at/all" in err.splitlines()[-1]


def test_a_wrong_store_address_is_named(tmp_path: Path) -> None:
    process = spawn("import headway\nheadway.start('w')", "mysql://localhost/x", tmp_path)
    _, err = process.communicate(timeout=30)
    assert "InvalidSetting" in err.splitlines()[-1]
    assert "mysql" in err.splitlines()[-1]


def test_two_processes_meet_in_the_default_store(tmp_path: Path) -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("HEADWAY_")} | {"XDG_DATA_HOME": str(tmp_path)}
    first = subprocess.run(
        [sys.executable, "-c", "import headway\nprint(headway.create('w').id)"],
        env=environ,
        text=True,
        check=True,
        capture_output=True,
        timeout=30,
    )
    second = subprocess.run(
        [sys.executable, "-c", f"import headway\nprint(headway.get({first.stdout.strip()!r})['status'])"],
        env=environ,
        text=True,
        check=True,
        capture_output=True,
        timeout=30,
    )
    assert second.stdout == "pending\n"


HOLDING = """
import sys
if sys.argv[1].startswith('sqlite:'):
    import sqlite3
    held = sqlite3.connect(sys.argv[1].removeprefix('sqlite:///'), isolation_level=None)
    held.execute('begin immediate')
else:
    import psycopg
    held = psycopg.connect(sys.argv[1], autocommit=True)
    held.execute('begin')
    held.execute('lock table headway.job in exclusive mode')
print('held', flush=True)
sys.stdin.readline()
held.execute('rollback')
"""

DURING = """
import headway, sys
job = headway.start('w')
print('ready', flush=True)
sys.stdin.readline()
print(job.note('during'), flush=True)
sys.stdin.readline()
job.note('after')
job.succeed()
"""


def test_a_write_lock_that_another_holds_too_long_does_not_stop_the_work(
    store: Store, url: str, tmp_path: Path
) -> None:
    environ = os.environ | {
        "HEADWAY_STORE": url,
        "HEADWAY_SPOOL": str(tmp_path / "spool"),
        "HEADWAY_PATIENCE_S": "0.2",
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", DURING], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    assert worker.stdout.readline() == "ready\n"
    command = [sys.executable, "-c", HOLDING, url]
    holder = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    worker.stdin.write("go\n")
    worker.stdin.flush()
    assert worker.stdout.readline() == "spooled\n"
    holder.communicate("go\n", timeout=30)
    worker.communicate("go\n", timeout=30)
    assert worker.returncode == 0
    job = only_job(store)
    noted = [event.message for event in store.history(job.id) if event.type == "noted"]
    assert (job.status, noted) == ("succeeded", ["during", "after"])
