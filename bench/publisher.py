"""Owns the worker's side of a stream under load: every line that comes in becomes a transition of the next job."""

from __future__ import annotations

import itertools
import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import headway
from bench.served import KIND
from headway import JobHandle, Reporter

THREADS = 32


def main(store: str, jobs: int) -> None:
    """Serves one client after the other, until its standard input ends with whoever started it."""
    threading.Thread(target=leave_with_parent, daemon=True).start()
    with headway.connect(store) as reporter, ThreadPoolExecutor(THREADS) as workers:
        handles = list(workers.map(lambda _: started(reporter), range(jobs)))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            print(listener.getsockname()[1], flush=True)
            while True:
                client, _ = listener.accept()
                publish_lines(client, handles, workers)


def started(reporter: Reporter) -> JobHandle:
    job = reporter.start(KIND, steps=["work"])
    job.step("work")
    return job


def publish_lines(client: socket.socket, handles: list[JobHandle], workers: ThreadPoolExecutor) -> None:
    turns = itertools.cycle(handles)
    with client, client.makefile(encoding="ascii") as lines:
        for line in lines:
            workers.submit(next(turns).note, line.strip())


def leave_with_parent() -> None:
    """A pipe ends with the process at its other end, however that ended."""
    sys.stdin.read()
    os._exit(0)  # the listener waits for nobody


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
