"""Owns where PostgreSQL's programs are found on this machine, and under whose name they run."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

NEEDED = ("postgres", "initdb", "pg_ctl")
INSTALL = (
    "brew install postgresql pgbouncer"
    if sys.platform == "darwin"
    else "sudo apt-get install --yes --no-install-recommends postgresql pgbouncer"
)


class PostgresMissing(Exception):
    """This machine has no PostgreSQL, or not all of it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is not installed here. Install it: {INSTALL}"
            " (or name a server under which databases may be created: HEADWAY_TEST_POSTGRES=postgresql://…)"
        )


@functools.cache
def folder() -> Path:
    """Where the server's programs are: in PATH, or where Debian and Homebrew hide them; the newest first."""
    return first_with_a_server((*_path(), *_hidden()))


def first_with_a_server(candidates: Iterable[Path]) -> Path:
    for candidate in candidates:
        if all(os.access(candidate / name, os.X_OK) for name in NEEDED):
            return (candidate / "postgres").resolve().parent
    raise PostgresMissing("PostgreSQL's server")


def _path() -> list[Path]:
    return [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]


def _hidden() -> list[Path]:
    places = (
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
    )
    return sorted(places, key=_version, reverse=True)


def _version(bin: Path) -> int:
    """15 of /usr/lib/postgresql/15/bin, /usr/pgsql-15/bin and …/postgresql@15/bin."""
    digits = "".join(filter(str.isdigit, bin.parent.name))
    return int(digits or 0)


def program(name: str) -> str:
    """The full path of one program: the server's own first (psql, pg_dump), else one on PATH (pgbouncer)."""
    beside = folder() / name
    found = str(beside) if beside.exists() else shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        raise PostgresMissing(name)
    return found


@functools.cache
def account() -> pwd.struct_passwd:
    """Who runs the server: whoever runs the tests; in root's place `postgres`, as PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def as_account() -> dict[str, Any]:
    """What subprocess needs to run a program under that name, and with nothing of the caller's surroundings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    there = {"cwd": "/", "env": env | {"LC_ALL": "C", "TZ": "UTC"}, "stdin": subprocess.DEVNULL}
    if os.geteuid() != 0:
        return there
    return there | {"user": account().pw_uid, "group": account().pw_gid, "extra_groups": []}


def run(name: str, *arguments: str, inside: Sequence[str] = ()) -> str:
    """Runs one of the server's programs to its end and returns what it said; the exception shows it too."""
    # A file, not a pipe: the server that pg_ctl leaves behind would hold the pipe open.
    with tempfile.TemporaryFile("w+") as said:
        command = [*inside, program(name), *arguments]
        code = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, check=False, **as_account()).returncode
        said.seek(0)
        if code != 0:
            raise RuntimeError(f"{name} ended with {code}: {said.read()}")
        return said.read()
