"""The program as a whole: what it can do, how it is called, and the one line that an error is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headway.cli.program import SECTIONS
from headway.core.commands import Note
from tests.cli.conftest import Program, Works
from tests.cli.programs import HEADWAY, environ, run

COMMANDS = [name for names in SECTIONS.values() for name in names]


def test_every_file_of_commands_is_a_command_and_the_other_way_round() -> None:
    files = Path(__file__).parents[2] / "src" / "headway" / "cli" / "commands"
    assert sorted(COMMANDS) == sorted(file.stem.replace("_", "-") for file in files.glob("[!_]*.py"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, headway: Program) -> None:
    answer = headway(name, "--help")
    assert answer.status == 0
    assert f"headway {name} [OPTIONS]" in answer.output
    assert all(option in answer.output for option in ("--store URL", "--json", "--no-color"))
    assert max(map(len, answer.lines)) <= 80


def test_the_whole_is_explained_in_a_screenful(headway: Program) -> None:
    answer = headway("--help")
    assert all(f"\n  {name} " in answer.output for name in COMMANDS)
    assert len(answer.lines) <= 40
    assert headway("--version").output.startswith("headway ")


ERRORS = {
    "unknown job": (("show", "0192d3a0-7c00-7000-8000-000000000001"), "no job '0192d3a0"),
    "unknown beginning": (("watch", "0192d3"), "no job '0192d3'"),
    "malformed id": (("history", "../../etc/passwd"), "no job '../../etc/passwd'"),
    "hostile id": (("watch", "\x1b[2J\u202e"), "no job "),
    "no id": (("show",), "Missing argument 'ID'. (see: headway show --help)"),
    "unknown command": (("wacht",), "No such command 'wacht'"),
    "unknown option": (("ls", "--colour"), "No such option"),
    "bad status": (("ls", "--status", "completed"), "'completed' is not one of 'pending'"),
    "bad limit": (("ls", "-n", "0"), "0 is not in the range"),
    "no such folder": (("ls", "--store", "sqlite:////nowhere/jobs.db"), "there is no such file"),
    "no such scheme": (("ls", "--store", "mysql://localhost"), "store: 'mysql://localhost'"),
    "memory": (("ls", "--store", "memory:"), "memory: lives inside one process"),
    "nobody listens": (("ls", "--store", "http://127.0.0.1:1"), "store http://127.0.0.1:1: cannot be reached"),
    "nobody to watch": (
        ("watch", "0192d3a0-7c00-7000-8000-000000000001", "--store", "http://127.0.0.1:1"),
        "cannot be",
    ),
    "secret in the address": (("ls", "--store", "https://u:secret@localhost"), "carry neither secrets nor a query"),
    "database away": (("ls", "--store", "postgresql://u:secret@127.0.0.1:1/jobs"), "nobody answers there; start the"),
    "torn password": (("ls", "--store", "postgresql://u:sec/ret@127.0.0.1:1/jobs"), "cannot be told from its password"),
    "secret and no store": (("migrate", "--store", "mysql://u:secret@db/jobs"), "mysql://… has no schema of its own"),
    "server to verify": (("verify", "--store", "http://127.0.0.1:1"), "give its address, not a server's"),
    "server to serve": (("serve", "--store", "http://127.0.0.1:1"), "give its address, not a server's"),
    "host that others reach": (("serve", "--host", "0.0.0.0", "--port", "0"), "127.0.0.1"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_is_one_line_and_status_2(case: str, works: Works, headway: Program) -> None:
    args, sentence = ERRORS[case]
    answer = headway(*args)
    assert (answer.status, answer.output) == (2, "")
    assert answer.errors.startswith("headway: ")
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1
    assert answer.errors.rstrip("\n").isprintable()
    assert "secret@" not in answer.errors


def test_several_jobs_that_begin_alike_are_told(works: Works, headway: Program) -> None:
    one, two = works.job(), works.job()
    answer = headway("show", one[:4])
    assert answer.status == 2
    assert one in answer.errors
    assert two in answer.errors


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"not a database" * 400, "not a SQLite database"), (b"", None), (b"SQLite format 3\0" + b"\xff" * 5000, "")],
)
def test_a_damaged_store_is_one_line(headway: Program, tmp_path: Path, content: bytes, sentence: str | None) -> None:
    (tmp_path / "jobs.db").write_bytes(content)
    answer = headway("ls")
    assert answer.status == (0 if sentence is None else 2)
    assert answer.errors.count("\n") == 1
    assert (sentence or "") in answer.errors


def test_a_store_is_not_made_by_looking_for_jobs(headway: Program, tmp_path: Path) -> None:
    for command in (("ls",), ("show", "0192d3"), ("stuck",), ("verify",), ("cancel", "0192d3")):
        assert headway(*command).status == 2
    assert list(tmp_path.glob("jobs.db*")) == []


def test_no_argument_shows_the_help(headway: Program) -> None:
    assert headway().output == headway("--help").output


def test_it_runs_as_a_module_and_as_a_script(url: str, works: Works) -> None:
    job_id = works.job()
    script = Path(sys.executable).with_name("headway")
    for program_name in ([str(script)], HEADWAY):
        ran = subprocess.run([*program_name, "ls"], env=environ(url), capture_output=True, text=True, check=True)
        assert job_id in ran.stdout


def test_without_the_extra_it_says_how_to_install_it(url: str) -> None:
    hidden = "import sys; sys.modules['click'] = None; import headway.cli; sys.exit(headway.cli.main())"
    ran = subprocess.run([sys.executable, "-c", hidden], env=environ(url), capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr == "headway: click is not installed; run: pip install 'headway[serve]'\n"


def test_the_server_without_its_packages_says_how_to_install_them(url: str) -> None:
    hidden = "import sys; sys.modules['uvicorn'] = None; import headway.cli; sys.exit(headway.cli.main())"
    ran = subprocess.run(
        [sys.executable, "-c", hidden, "serve"], env=environ(url), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr == "headway: uvicorn is not installed; run: pip install 'headway[serve]'\n"


def test_a_reader_that_leaves_is_no_error(url: str, works: Works) -> None:
    job_id = works.job()
    for _ in range(10):
        works.report(job_id, *(Note(message="x" * 100) for _ in range(300)))
    for options in ((), ("--json",)):
        command = [*HEADWAY, "history", job_id, *options]
        with subprocess.Popen(command, env=environ(url), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as history:
            assert history.stdout is not None
            assert history.stderr is not None
            history.stdout.readline()
            history.stdout.close()
            assert history.wait(30) == 141
            assert history.stderr.read() == b""


def test_a_full_disk_behind_the_output_is_not_silent(url: str, works: Works) -> None:
    works.job()
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([*HEADWAY, "ls"], env=environ(url), stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 2
    assert ran.stderr == b"headway: the output cannot be written: No space left on device\n"


def test_importing_the_entry_point_needs_the_standard_library_only() -> None:
    script = "import sys; import headway.cli; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert {"click", "rich"}.isdisjoint(ran.stdout.split())


def test_the_default_store_is_the_one_in_the_users_folder(headway: Program, tmp_path: Path) -> None:
    answer = run("ls", store="", XDG_DATA_HOME=str(tmp_path / "own"))
    assert answer.returncode == 2
    assert f"{tmp_path / 'own'}" in answer.stderr
