"""Owns Headway under measurement: a server process over one SQLite file, and the processes that write to it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

import headway
from bench.processes import DidNotStart, answers, free_port, module, running

KIND = "bench"
STEPS = ["read", ("extract", 8), "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    process: psutil.Process
    port: int


def store_url(path: Path) -> str:
    return f"sqlite:///{path}"


def fresh_store(scratch: Path, name: str) -> str:
    """A store that is not there yet."""
    for end in ("", "-wal", "-shm"):
        (scratch / f"{name}.sqlite{end}").unlink(missing_ok=True)
    return store_url(scratch / f"{name}.sqlite")


@contextlib.contextmanager
def server(store: str, scratch: Path) -> Iterator[Server]:
    """`headway serve` on a port of its own."""
    port = free_port()
    command = module("headway", "serve", "--store", store, "--port", port)
    log = scratch / "serve.log"
    with running(command, log=log) as process:
        answers(process, port, log)
        yield Server(process=process, port=port)


@contextlib.contextmanager
def running_job(store: str) -> Iterator[str]:
    """One job at work in its second step."""
    with headway.connect(store) as reporter:
        job = reporter.start(KIND, steps=STEPS, project="acme", subject="file:42")
        job.step("read").succeed()
        job.step("extract").update(current=17, total=41, unit="pages", message="page 17 of 41")
        job.flush()
        yield job.id


@contextlib.contextmanager
def publisher(store: str, jobs: int, scratch: Path) -> Iterator[int]:
    """The port of a process that makes a transition of every line it is sent, over so many running jobs in turn."""
    command = module("bench.publisher", store, jobs)
    log = scratch / "publisher.log"
    with (
        log.open("ab") as complaints,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True) as child,
    ):
        assert child.stdout
        port = child.stdout.readline()
        if not port:
            raise DidNotStart(f"no publisher: {log.read_text().strip()[-500:]}")
        yield int(port)
