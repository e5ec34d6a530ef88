"""Owns what it costs a loop to be watched: `track()` and `advance()` over the bare loop, beside tqdm's."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tqdm import tqdm

import headway
from bench.figures import Bar, Line, Row, Samples
from bench.rounds import Case, Effort, interleaved
from bench.served import store_url

Call = Callable[[], object]


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    turns, calls = effort.loops, effort.loops // 4
    with headway.connect(store_url(scratch / "loops.sqlite")) as reporter:
        job = reporter.start("bench", steps=["loop"])
        step = job.step("loop")
        stepped = reporter.start("bench", steps=["counted"])
        cases: dict[str, Case] = {
            "bare": lambda: loop_ns(range(turns), turns),
            "track": lambda: loop_ns(job.track(range(turns)), turns),
            "track step": lambda: loop_ns(stepped.track(range(turns), step="counted"), turns),
            "outside": lambda: loop_ns(headway.track(range(turns)), turns),
            "yielded": lambda: loop_ns(yielded(range(turns)), turns),
            "tqdm": lambda: loop_ns(tqdm(range(turns), file=io.StringIO()), turns),
            "step.advance": lambda: call_ns(step.advance, calls),
            "job.advance": lambda: call_ns(job.advance, calls),
            "update": lambda: call_ns(tqdm(file=io.StringIO()).update, calls),
            "nothing": lambda: call_ns(nothing, calls),
        }
        figures = interleaved(cases, effort.rounds)
    yield from lines(figures)


def lines(figures: dict[str, list[float]]) -> Iterator[Line]:
    """Loops as what they add to the bare one, calls as they are."""

    def over(case: str, name: str) -> Samples:
        added = [mine - bare for mine, bare in zip(figures[case], figures["bare"], strict=True)]
        return Samples(name=name, unit="ns", values=added)

    def each(case: str, name: str) -> Samples:
        return Samples(name=name, unit="ns", values=figures[case])

    peer, floor = over("tqdm", "tqdm"), over("yielded", "a generator that only yields")
    for case, call in (("track", "job.track()"), ("track step", "job.track(step=…)")):
        what, ours = f"{call} over a bare loop", over(case, "headway")
        yield Row(what=what, ours=ours, beside=peer, bar=Bar(sign="≤", limit=0.6))
        yield Row(what=what, ours=ours, beside=floor)
    yield Row(what="headway.track() outside any job", ours=over("outside", "headway"), beside=peer)
    for case in ("step.advance", "job.advance"):
        what, ours = f"{case}()", each(case, "headway")
        yield Row(what=what, ours=ours, bar=Bar(sign="≤", limit=150, unit="ns"))
        yield Row(what=what, ours=ours, beside=each("nothing", "a call that does nothing"))
        yield Row(what=what, ours=ours, beside=each("update", "tqdm.update()"))


def loop_ns(iterable: Iterable[int], turns: int) -> float:
    """Nanoseconds of this process a turn, of a loop whose body does nothing: the work of others is not counted."""
    start = time.process_time_ns()
    for _ in iterable:
        pass
    return (time.process_time_ns() - start) / turns


def call_ns(call: Call, calls: int) -> float:
    """Nanoseconds of this process a call, the loop around it included."""
    start = time.process_time_ns()
    for _ in range(calls):
        call()
    return (time.process_time_ns() - start) / calls


def yielded(iterable: Iterable[int]) -> Iterator[int]:
    for item in iterable:  # noqa: UP028  # `yield from` would not be the floor of a generator that counts
        yield item


def nothing() -> None:
    return None
