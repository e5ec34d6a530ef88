"""Owns the proof that the make targets install once, and ask before they touch the system."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.rules import ROOT


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The doors alone, with an environment in which everything was installed a moment ago."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
        os.utime(tmp_path / name, (1000, 1000))
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / ".venv").mkdir()
    for stamp in (".has-demo", ".has-dev"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def make(folder: Path, *arguments: str) -> str:
    """What make says to somebody who calls it; `make test` may be calling here, and its flags are not theirs."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


def planned(house: Path, target: str) -> str:
    return make(house, "-n", target)


@pytest.mark.parametrize("target", ["demo", "check"])
def test_a_second_run_installs_nothing(house: Path, target: str) -> None:
    assert "install.sh" not in planned(house, target)


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed(house: Path, changed: str) -> None:
    (house / changed).touch()
    os.utime(house / ".venv" / ".has-demo", (1000, 1000))
    assert "install.sh demo" in planned(house, "demo")


def test_every_target_is_explained() -> None:
    targets = {"help", "demo", "dev", "test", "check", "bench", "soak", "fuzz", "clean"}
    said = make(ROOT, "help")
    assert {line.split()[1] for line in said.splitlines()} == targets


@pytest.fixture
def visitor(tmp_path: Path) -> dict[str, str]:
    """A person who is not root, on a Debian without a browser: only these programs are on their PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "grep"):
        (programs / name).symlink_to(str(shutil.which(name)))
    (programs / "id").write_text("#!/bin/sh\necho 1000\n")
    (programs / "ldconfig").write_text('#!/bin/sh\n[ -e "${0%/*}/chromium" ] && echo libatomic.so.1\n')
    (programs / "apt-get").write_text('#!/bin/sh\necho "apt-get was called" >&2; exit 99\n')
    (programs / "sudo").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    for program in programs.iterdir():
        if not program.is_symlink():
            program.chmod(0o755)
    return {"PATH": str(programs)}


def system_packages(env: dict[str, str], *parts: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(ROOT / "scripts" / "system-packages.sh"), *parts]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_a_visitor_is_told_the_one_command(visitor: dict[str, str]) -> None:
    asked = system_packages(visitor, "browser", "bench")
    assert asked.returncode == 2
    [command] = [line.strip() for line in asked.stderr.splitlines() if line.startswith("    ")]
    assert command.startswith("sudo apt-get install --yes --no-install-recommends chromium ")
    assert {"libatomic1", "wrk", "gcc"} <= set(command.split())


def test_ci_installs_by_itself(visitor: dict[str, str]) -> None:
    asked = system_packages(visitor | {"CI": "1"}, "browser")
    assert "apt-get was called" in asked.stderr


def test_the_tests_need_a_browser_and_a_postgresql_and_ask_for_both_at_once(house: Path) -> None:
    assert "system-packages.sh python browser postgres" in planned(house, "test")


def test_a_missing_postgresql_is_asked_for(visitor: dict[str, str]) -> None:
    asked = system_packages(visitor, "postgres")  # a visitor has no `ls`, so nothing is where Debian hides it
    assert asked.returncode == 2
    assert "sudo apt-get install --yes --no-install-recommends postgresql" in asked.stderr


def test_a_postgresql_that_hides_from_path_is_found(visitor: dict[str, str], tmp_path: Path) -> None:
    for name in ("ls", "pgbouncer"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    asked = system_packages(visitor, "postgres")
    assert (asked.returncode, asked.stderr) == (0, "")


def test_what_is_there_is_not_asked_for(visitor: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bin" / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "chromium").chmod(0o755)
    asked = system_packages(visitor, "browser")
    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize("version", [None, "3.10"])
def test_a_python_that_is_missing_or_too_old_is_named(visitor: dict[str, str], tmp_path: Path, version: str) -> None:
    if version:
        old = tmp_path / "bin" / "python3"
        old.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}.0" || exit 1\n')
        old.chmod(0o755)
    command = ["/bin/sh", str(ROOT / "scripts" / "find-python.sh")]
    asked = subprocess.run(command, env=visitor, capture_output=True, text=True, check=False)
    assert asked.returncode == 2
    assert f"3.11 or newer (found: {f'Python {version}.0' if version else 'none'})" in asked.stderr
