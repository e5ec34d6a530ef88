"""Owns the environments of peers that must not share ours: made once, kept for later runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.processes import KEPT


class NotInstalled(Exception):
    """A peer could not be installed here, so nothing is said about it."""


def python_with(package: str) -> Path:
    """An interpreter that has a package, in a virtual environment of its own."""
    folder = KEPT / package
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package)
        ready.touch()
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled("peer not installed")
