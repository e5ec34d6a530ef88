"""Owns the proof that a session's workers share one server, and that nothing of it stays, however they end."""

from __future__ import annotations

import os
import pwd
import secrets
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.house.rules import ROOT
from tests.postgres import undertaker
from tests.postgres.folder import reap
from tests.postgres.programs import PostgresMissing, first_with_a_server
from tests.waiting import eventually

Worker = subprocess.Popen[str]
Begin = Callable[[str], Worker]

MADE = """
import os, sys
from tests.postgres import cluster, folder

if os.geteuid() != int(sys.argv[1]):
    os.setgroups([])
    os.setgid(int(sys.argv[1]))
    os.setuid(int(sys.argv[1]))
made = folder.Folder.of_its_own()
cluster.make(made.path, settings={}, durable=False, tcp=False)
print(made.path)
"""


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Starts a worker of a session in a process of its own; its first line says where the server lies."""
    with ExitStack() as workers:

        def begin(session: str) -> Worker:
            env = {name: value for name, value in os.environ.items() if name != "HEADWAY_TEST_POSTGRES"}
            command = [sys.executable, "-m", "tests.postgres.session", session]
            worker = workers.enter_context(
                subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            workers.callback(worker.kill)
            return worker

        yield begin


def lies(worker: Worker) -> Path:
    """The folder of the worker's server."""
    assert worker.stdout
    said = worker.stdout.readline()
    assert said, "the worker has ended"
    return Path(said.strip()).parent


def undertaker_of(folder: Path) -> psutil.Process:
    [found] = [
        each
        for each in psutil.process_iter(["cmdline"])
        if (each.info["cmdline"] or [])[1:] == [undertaker.__file__, str(folder)]
    ]
    return found


def programs_in(folder: Path) -> list[str]:
    """What runs there, the undertaker aside."""
    running = (" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"]))
    return [command for command in running if f"{folder}/" in command]


def test_workers_that_come_together_share_one_server_until_the_last_has_left(begin: Begin) -> None:
    session = secrets.token_hex(6)
    first, second = begin(session), begin(session)
    folder = lies(first)
    assert lies(second) == folder
    first.communicate()
    third = begin(session)
    assert lies(third) == folder
    second.communicate()
    third.communicate()
    assert eventually(lambda: not folder.exists())
    assert programs_in(folder) == []


def test_nothing_is_left_when_the_workers_are_killed(begin: Begin) -> None:
    session = secrets.token_hex(6)
    workers = [begin(session), begin(session)]
    folder = lies(workers[0])
    for worker in workers:
        worker.kill()
    assert eventually(lambda: not folder.exists())
    assert programs_in(folder) == []


def test_what_was_killed_with_its_undertaker_is_reaped_by_the_next_session(begin: Begin) -> None:
    worker, living = begin(secrets.token_hex(6)), begin(secrets.token_hex(6))
    folder, other = lies(worker), lies(living)
    undertaker_of(folder).kill()
    worker.kill()
    worker.wait()
    assert programs_in(folder)
    reap()
    assert not folder.exists()
    assert programs_in(folder) == []
    assert programs_in(other)


def test_it_runs_as_whoever_runs_the_tests_and_never_as_root() -> None:
    """Root tries both: as postgres, and as somebody with no rights at all."""
    me = os.geteuid()
    for uid in {me, pwd.getpwnam("nobody").pw_uid} if me == 0 else {me}:
        made = subprocess.run([sys.executable, "-c", MADE, str(uid)], cwd=ROOT, stdout=subprocess.PIPE, check=True)
        folder = Path(made.stdout.decode().strip())
        servers = {psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0])).uids().real}
        assert servers == {folder.stat().st_uid} == {uid or pwd.getpwnam("postgres").pw_uid}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert undertaker.bury_if_dead(folder)
        assert programs_in(folder) == []


def test_a_missing_postgresql_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(PostgresMissing, match=r"(apt-get|brew) install .*postgresql"):
        first_with_a_server([tmp_path])
