"""Owns what a stream carries to a thousand readers, and what a reader costs: beside a queue per client, and nchan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.figures import Absent, Bar, Line, Row, Samples
from bench.load import Load, built
from bench.processes import resident_kib
from bench.rounds import Effort, interleaved
from bench.stream_sides import NCHAN, SideOf, headway_with, nchan, queue_per_client

SINGLE, BURST = 4, 64  # messages that are under way at once
FIRST_READERS = 200  # what a server sets up once is not counted as a reader's

NAMES = {"queue": "sse-starlette, a queue per client", "nchan": "nchan", "headway": "headway"}
Take = Callable[[SideOf], float]


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    program = built(scratch)
    peers: dict[str, SideOf] = {"queue": queue_per_client}
    if NCHAN.exists():
        peers["nchan"] = nchan
    else:
        yield Absent(what="SSE beside nchan", reason="peer not installed")
    single = partial(messages_a_second, program, scratch, effort, SINGLE)
    burst = partial(messages_a_second, program, scratch, effort, BURST)
    idle = partial(reader_kib, program, scratch, effort)
    what = f"SSE, {effort.readers:,} readers"
    one, many = headway_with(1), headway_with(effort.readers)
    yield from rows(
        f"{what}, single events", "/s", {"headway": one, **peers}, single, effort, queue=Bar(sign="≥", limit=2)
    )
    yield from rows(f"{what}, bursts", "/s", {"headway": many, **peers}, burst, effort, nchan=Bar(sign="≥", limit=5))
    yield from rows(
        "memory of an idle SSE reader",
        "KiB",
        {"headway": one, **peers},
        idle,
        effort,
        itself=Bar(sign="≤", limit=16, unit="KiB"),
    )


def rows(
    what: str,
    unit: str,
    sides: Mapping[str, SideOf],
    take: Take,
    effort: Effort,
    *,
    itself: Bar | None = None,
    **bars: Bar,
) -> Iterator[Line]:
    """One line for each peer of a figure, and one for the figure by itself where that has a bar."""
    figures = interleaved({name: partial(take, side) for name, side in sides.items()}, effort.rounds)
    samples = {name: Samples(name=NAMES[name], unit=unit, values=values) for name, values in figures.items()}
    if itself:
        yield Row(what=what, ours=samples["headway"], bar=itself)
    for name in sides:
        if name != "headway":
            yield Row(what=what, ours=samples["headway"], beside=samples[name], bar=bars.get(name))


def messages_a_second(program: Path, scratch: Path, effort: Effort, window: int, side: SideOf) -> float:
    """Deliveries to all readers together, with so many messages under way, on a fresh server."""
    with side(scratch) as there:
        pace = ("--window", str(window))
        load = Load(program=program, side=there, readers=effort.readers, seconds=effort.seconds * 2, pace=pace)
        return float(load.run()["per_s"])


def reader_kib(program: Path, scratch: Path, effort: Effort, side: SideOf) -> float:
    """Memory that a reader adds while nothing happens, after the first have come."""
    with side(scratch) as there:
        first = Load(program=program, side=there, readers=FIRST_READERS)
        with first.connected():
            before = resident_kib(there.process)
            with replace(first, readers=effort.readers).connected():
                return (resident_kib(there.process) - before) / effort.readers
