"""Owns the servers that a stream is measured on: the two peers, and Headway with its publisher in another process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import bench.served as served
from bench.load import Side
from bench.processes import ROOT, answers, free_port, module, running

NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
SideOf = Callable[[Path], contextlib.AbstractContextManager[Side]]


@contextlib.contextmanager
def queue_per_client(scratch: Path) -> Iterator[Side]:
    port = free_port()
    log = scratch / "queue_per_client.log"
    with running(module("bench.peers.queue_per_client", port), log=log) as child:
        answers(child, port, log)
        yield Side(process=child, port=port, path="/sub", publish=("--post", f"{port}/pub"))


@contextlib.contextmanager
def nchan(scratch: Path) -> Iterator[Side]:
    port = free_port()
    (folder := scratch / "nchan").mkdir(exist_ok=True)
    text = (ROOT / "bench" / "peers" / "nchan.conf").read_text()
    # nginx gives its workers to an account that cannot write here when root starts it
    user = "user root;" if os.getuid() == 0 else ""
    for name, value in (("module", NCHAN), ("folder", folder), ("port", port), ("user", user)):
        text = text.replace(f"@{name}@", str(value))
    (folder / "nginx.conf").write_text(text)
    log = folder / "start.log"
    with running(["nginx", "-c", folder / "nginx.conf"], log=log, env=with_sbin()) as child:
        answers(child, port, log)
        yield Side(process=child, port=port, path="/sub", publish=("--post", f"{port}/pub"))


def with_sbin() -> dict[str, str]:
    """Where Debian keeps nginx, which an ordinary account does not look into."""
    return {"PATH": f"{os.environ['PATH']}:/usr/sbin"}


def headway_with(jobs: int, fresh_store: Callable[[Path, str], str] = served.fresh_store) -> SideOf:
    """A server over a store that another process writes: each message is a transition of one of so many jobs."""

    @contextlib.contextmanager
    def side(scratch: Path) -> Iterator[Side]:
        store = fresh_store(scratch, f"stream-{jobs}")
        with served.publisher(store, jobs, scratch) as lines_port, served.server(store, scratch) as server:
            yield Side(
                process=server.process,
                port=server.port,
                path=f"/v1/events?kind={served.KIND}",
                publish=("--lines", str(lines_port)),
                ready="synced",
            )

    return side
