"""Owns the client's package as tests use it: its tools installed once for all processes of a run, and run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from tests.house.rules import ROOT

CLIENT = ROOT / "js" / "client"
DIST = CLIENT / "dist"
TOOLS = CLIENT / "node_modules"
_STAMP = TOOLS / ".installed"
_INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")


def program(name: str) -> str:
    """The path of a program of the system."""
    found = shutil.which(name)
    assert found, f"{name} is missing: `make test` installs it, or names the command"
    return found


def installed() -> Path:
    """Where the development tools are, as package.json pins them."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.stat().st_mtime < (CLIENT / "package.json").stat().st_mtime:
            run(program("npm"), *_INSTALL)
            _STAMP.touch()
    return TOOLS


def run(*command: str) -> str:
    """Runs it in the package; what it printed. Its output is the message when it fails."""
    done = subprocess.run(command, cwd=CLIENT, env=_environ(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compiled(*arguments: str) -> str:
    """Runs the TypeScript compiler that package.json pins."""
    return run(program("node"), str(installed() / "typescript" / "bin" / "tsc"), *arguments)


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
