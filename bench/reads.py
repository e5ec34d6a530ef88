"""Owns what one process answers to many who poll: `GET /v1/jobs/{id}` beside a constant and beside Flower."""

from __future__ import annotations

import contextlib
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench import served
from bench.figures import Absent, Bar, Line, Row, Samples
from bench.peers.environment import NotInstalled, python_with
from bench.processes import ROOT, answers, free_port, module, running
from bench.rounds import Case, Effort, interleaved

CONNECTIONS = 64
TASK = "0192f3e0-7c1a-7b55-9d3e-2f6a1c0b8e44"
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
WHAT = f"GET /v1/jobs/{{id}}, {CONNECTIONS} connections, one process"


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(headway_side(scratch))
        cases: dict[str, Case] = {
            "headway": lambda: requests_a_second(url, effort),
            "constant": started(stack, constant_side(url, scratch), effort),
        }
        missing = ""
        try:
            cases["flower"] = started(stack, flower_side(scratch), effort)
        except NotInstalled as absent:
            missing = str(absent)
        figures = interleaved(cases, effort.rounds)
    ours = Samples(name="headway", unit="/s", values=figures["headway"])
    floor = Samples(name="bare ASGI, constant bytes", unit="/s", values=figures["constant"])
    yield Row(what=WHAT, ours=ours, beside=floor, bar=Bar(sign="≥", limit=0.6))
    if missing:
        yield Absent(what=WHAT, reason=f"Flower: {missing}")
    else:
        flower = Samples(name="Flower /api/task/info", unit="/s", values=figures["flower"])
        yield Row(what=WHAT, ours=ours, beside=flower, bar=Bar(sign="≥", limit=5))


def started(stack: contextlib.ExitStack, side: contextlib.AbstractContextManager[str], effort: Effort) -> Case:
    url = stack.enter_context(side)
    return lambda: requests_a_second(url, effort)


@contextlib.contextmanager
def headway_side(scratch: Path) -> Iterator[str]:
    """The server with one running job of three steps in its store."""
    store = served.fresh_store(scratch, "reads")
    with served.server(store, scratch) as server, served.running_job(store) as job_id:
        yield f"http://127.0.0.1:{server.port}/v1/jobs/{job_id}"


@contextlib.contextmanager
def constant_side(like: str, scratch: Path) -> Iterator[str]:
    """The same bytes that Headway answers, from memory."""
    with urllib.request.urlopen(like) as answer:
        (body := scratch / "constant.json").write_bytes(answer.read())
    port = free_port()
    log = scratch / "constant.log"
    with running(module("bench.peers.constant", port, body), log=log) as child:
        answers(child, port, log)
        yield f"http://127.0.0.1:{port}/"


@contextlib.contextmanager
def flower_side(scratch: Path) -> Iterator[str]:
    port = free_port()
    program = ROOT / "bench" / "peers" / "flower_side.py"
    log = scratch / "flower.log"
    with running([python_with("flower"), program, str(port)], log=log) as child:
        answers(child, port, log)
        yield f"http://127.0.0.1:{port}/api/task/info/{TASK}"


def requests_a_second(url: str, effort: Effort, *headers: str) -> float:
    """What wrk counts; an answer that is not a 200 makes the figure worthless, so it is refused."""
    seconds = max(1, round(effort.seconds * 3))
    shown = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *shown, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said or not (found := RATE.search(said)):
        raise RuntimeError(f"wrk is not content: {said}")
    return float(found[1])
