"""Checks of a store that is a SQLite file: the library, the file, its disk, its schema, and how changes are noticed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from headway.cli.checks.clock import clock
from headway.cli.checks.finding import Finding, action, advice, fine
from headway.cli.schema import FileSchema
from headway.core.errors import HeadwayError
from headway.stores.address import open_store
from headway.stores.protocol import JobQuery, Store
from headway.stores.sqlite import driver as drivers
from headway.stores.sqlite.file import File

_FREE_NEEDED = 100 << 20  # below it the next checkpoint may fail
_FREE_WISHED = 1 << 30
_LOG_LARGE = 256 << 20  # several times what is ever needed: somebody reads without end
_NETWORKED = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs")


def library() -> Iterator[Finding]:
    """Which SQLite there is, and whether several processes may share a file with it."""
    module = drivers.newest()
    found = f"SQLite {module.sqlite_version} ({module.__name__})"
    if drivers.version(module) < drivers.OLDEST:
        need = ".".join(map(str, drivers.OLDEST))
        yield action("sqlite", f"{found} is older than {need}", "pip install 'headway[sqlite]'")
    elif drivers.resets_wal_safely(drivers.version(module)):
        yield fine("sqlite", found)
    else:
        told = f"{found} can damage a file that several processes write to, though very rarely (reset of its log)"
        yield advice("sqlite", told, "pip install 'headway[sqlite]', for workers and server alike")


def file(schema: FileSchema, now: int) -> Iterator[Finding]:
    """The file from the outside inwards; what cannot be reached ends the examination."""
    path = schema.file.path
    yield from _place(path)
    try:
        schema.file.check()
        if not path.exists():
            yield fine("store", f"{schema.file.url} does not exist yet; the first job makes it")
            return
        yield from _inside(schema, now)
    except HeadwayError as error:
        yield action("store", str(error), "see above")


def _place(path: Path) -> Iterator[Finding]:
    folder = next((parent for parent in path.parents if parent.is_dir()), Path("/"))
    free = shutil.disk_usage(folder).free
    told = f"{free / (1 << 30):,.1f} GiB free in {folder}"
    if free < _FREE_NEEDED:
        yield action("disk", told, "free some space: a full disk stops every report")
    elif free < _FREE_WISHED:
        yield advice("disk", told, "free some space before it is full")
    else:
        yield fine("disk", told)
    if (kind := _filesystem(folder)).startswith(_NETWORKED):
        told = f"{folder} is on {kind}, where processes of several machines cannot share a SQLite file"
        yield action(
            "folder", told, "keep the store on a local disk, and reach it from elsewhere through headway serve"
        )


def _filesystem(folder: Path) -> str:
    """The type of the file system that a folder is on, as far as this system tells."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    found = [line.split() for line in mounts.read_text(errors="replace").splitlines()]
    under = [(len(point), kind) for _, point, kind, *_ in found if folder.resolve().is_relative_to(point)]
    return max(under)[1] if under else ""


def _inside(schema: FileSchema, now: int) -> Iterator[Finding]:
    found = schema.version()
    yield fine("store", f"{schema.file.url}, {_size(schema.file.path)}")
    yield from _log(schema.file.path)
    _try_to_write(schema.file)
    yield fine("writing", "others let go of the file, and it takes writes")
    if found < schema.newest:
        told = f"version {found}, this Headway brings {schema.newest}"
        yield advice("schema", told, "it is brought up when a worker or the server opens it, or now: headway migrate")
        return
    yield fine("schema", f"version {found}")
    store = open_store(schema.file.url)
    try:
        yield from _opened(store, now)
    finally:
        store.close()


def _size(path: Path) -> str:
    return f"{path.stat().st_size / (1 << 20):,.1f} MiB"


def _log(path: Path) -> Iterator[Finding]:
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > _LOG_LARGE:
        told = f"{_size(log)} of changes are not written back into the file"
        yield advice("log", told, "some process reads without end; find it (lsof) and restart it")


def _try_to_write(file: File) -> None:
    """Takes the right to write and gives it back; raises what a report would raise."""
    try:
        db = file.connect(writes=True)
        try:
            db.execute("begin immediate")
            db.execute("rollback")
        finally:
            db.close()
    except file.faults.caught as error:
        raise file.faults.named(error) from error


def _opened(store: Store, now: int) -> Iterator[Finding]:
    horizon = store.horizon()
    yield fine("content", f"{horizon.position:,} changes so far, store {horizon.epoch}")
    watcher = store.watch()
    by_kernel = type(watcher).__name__ == "InotifyWatcher"
    watcher.close()
    if by_kernel:
        yield fine("wake-up", "the kernel tells of changes (inotify)")
    elif sys.platform == "linux":
        do = "raise fs.inotify.max_user_instances and max_user_watches"
        yield advice("wake-up", "the kernel has no watches left, so the file is looked at 200 times a second", do)
    else:
        yield fine("wake-up", f"the file is looked at 200 times a second ({os.name} tells nothing)")
    newest = store.jobs(JobQuery(limit=1))
    yield from clock(now, newest[0].updated_at if newest else None, "the newest job")
