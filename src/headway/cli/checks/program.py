"""Checks of the program itself: its versions, its extras, its settings, and what waits on the local disk."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from headway.cli.checks.finding import Finding, action, advice, fine
from headway.core.errors import InvalidSetting
from headway.reporting.settings import Settings, read_settings
from headway.stores.address import data_folder

_SERVING = ("msgspec", "starlette", "uvicorn")


def program(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Versions, extras, settings, spool."""
    yield fine("headway", f"{_version()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missing = [name for name in _SERVING if find_spec(name) is None]
    if missing:
        yield advice("server", f"{', '.join(missing)} not installed", "to serve: pip install 'headway[serve]'")
    try:
        settings = read_settings(environ)
    except InvalidSetting as error:
        yield action("settings", str(error), f"correct or unset {error.name}")
        return
    yield _spool(settings, environ)


def _version() -> str:
    try:
        return version("headway")
    except PackageNotFoundError:
        return "(not installed)"


def _spool(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Reports that a worker wrote down while the store was away; the next process that reports brings them in."""
    folder = settings.spool or data_folder(environ) / "spool"
    waiting = [file for file in _files(folder) if file.stat().st_size]
    if not waiting:
        return fine("spool", f"nothing waits in {folder}")
    size = sum(file.stat().st_size for file in waiting)
    told = f"{len(waiting)} files of reports ({size:,} bytes) wait in {folder}"
    return advice("spool", told, "the next worker that reaches the store brings them in")


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
