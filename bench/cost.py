"""Owns what Headway costs of the whole: CPU time beside the work of each application, time of a job, and of a poll.

A job is done twice, with Headway and with nothing in its place, by two processes that take turns. What is added is told
for all jobs of a round together; between the two halves of a pair the machine has little time to become another one.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench import reads, served, status
from bench.figures import Absent, Bar, Line, Row, Samples
from bench.processes import ROOT, DidNotStart, module
from bench.rounds import FULL, Effort, interleaved

JOBS = 200  # of each application, over all rounds
QUICK_JOBS = 9
TRADES = ("documents", "images", "intake", "proposals")
CPU = Bar(sign="≤", limit=2, unit="%")
SECOND = Bar(sign="≤", limit=5, unit="ms")
POLL = Bar(sign="≥", limit=0.5)


class Spent(NamedTuple):
    """Seconds that jobs took."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: object) -> Spent:
        assert isinstance(other, Spent)
        return Spent(self.cpu + other.cpu, self.wall + other.wall)


class Round(NamedTuple):
    """The same jobs without Headway and with it."""

    bare: Spent
    ours: Spent


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    each = -(-(JOBS if effort == FULL else QUICK_JOBS) // effort.rounds)
    for trade in TRADES:
        if (ROOT / "examples" / trade / "work.py").exists():
            yield from of_trade(trade, each, effort, scratch)
        else:
            yield Absent(what=f"{trade}: CPU time", reason="there is no such application here")
    yield of_a_second(effort, scratch)
    yield of_a_poll(effort, scratch)


def of_trade(trade: str, each: int, effort: Effort, scratch: Path) -> Iterator[Line]:
    rounds = turns(trade, each, effort, scratch)
    cpu = [100 * (ours.cpu - bare.cpu) / bare.cpu for bare, ours in rounds]
    wall = [1000 * (ours.wall - bare.wall) / each for bare, ours in rounds]
    work = Samples(name="of the work", unit="ms", values=[1000 * bare.cpu / each for bare, _ in rounds])
    jobs = f"{each * effort.rounds} jobs"
    added = Samples(name="headway", unit="%", values=cpu)
    yield Row(what=f"{trade}, {jobs}: CPU time added", ours=added, bar=CPU, note=f"(the work: {work.text()} a job)")
    yield Row(what=f"{trade}, {jobs}: time added to a job", ours=Samples(name="headway", unit="ms", values=wall))


def of_a_second(effort: Effort, scratch: Path) -> Line:
    """Four steps of five parts that wait, with a thousand counts between."""
    each = 3 if effort == FULL else 2
    rounds = turns("second", each, effort, scratch)
    added = [1000 * (ours.wall - bare.wall) / each for bare, ours in rounds]
    return Row(
        what="time added to a job of one second", ours=Samples(name="headway", unit="ms", values=added), bar=SECOND
    )


def of_a_poll(effort: Effort, scratch: Path) -> Line:
    """The pictures' own status route beside Headway's, of a job at work, both asked in every round."""
    with contextlib.ExitStack() as stack:
        poll = stack.enter_context(status.served(scratch))
        url = stack.enter_context(reads.headway_side(scratch))
        figures = interleaved(
            {
                "poll": lambda: reads.requests_a_second(poll.url, effort, poll.header),
                "job": lambda: reads.requests_a_second(url, effort),
            },
            effort.rounds,
        )
    ours = Samples(name="status poll", unit="/s", values=figures["poll"])
    job = Samples(name="GET /v1/jobs/{id}", unit="/s", values=figures["job"])
    what = f"a poll of the picture studio's own status route, {reads.CONNECTIONS} connections"
    return Row(what=what, ours=ours, beside=job, bar=POLL)


def turns(trade: str, each: int, effort: Effort, scratch: Path) -> list[Round]:
    """Every round takes so many jobs, each by both sides, now one first and now the other."""
    dice = random.Random(trade)
    with contextlib.ExitStack() as stack:
        store = served.fresh_store(scratch, trade)
        bare = stack.enter_context(labour(trade, "", scratch))
        ours = stack.enter_context(labour(trade, store, scratch))
        for side in (bare, ours):  # what is loaded and made once is no part of a job
            side.do(0)
        rounds = []
        for number in range(effort.rounds):
            spent = {id(bare): Spent(), id(ours): Spent()}
            for job in range(1 + number * each, 1 + (number + 1) * each):
                for side in dice.sample((bare, ours), 2):
                    spent[id(side)] += side.do(job)
            rounds.append(Round(spent[id(bare)], spent[id(ours)]))
    return rounds


class Labour:
    """A process that does jobs of one trade."""

    def __init__(self, child: subprocess.Popen[str], log: Path) -> None:
        self._child, self._log = child, log

    def do(self, job: int) -> Spent:
        """One job, and what it took."""
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(f"{job} 1\n")
        self._child.stdin.flush()
        if not (answer := self._child.stdout.readline()):
            raise DidNotStart(f"no job was done: {self._log.read_text().strip()[-500:]}")
        cpu, wall = map(float, answer.split())
        return Spent(cpu, wall)


@contextlib.contextmanager
def labour(trade: str, store: str, scratch: Path) -> Iterator[Labour]:
    side = "headway" if store else "bare"
    (folder := scratch / f"{trade}-{side}").mkdir()
    log = scratch / f"{trade}-{side}.log"
    pipe = subprocess.PIPE
    with (
        log.open("ab") as complaints,
        subprocess.Popen(
            module("bench.labour", trade, store, folder),
            stdin=pipe,
            stdout=pipe,
            stderr=complaints,
            text=True,
            cwd=ROOT,
        ) as child,
    ):
        yield Labour(child, log)
